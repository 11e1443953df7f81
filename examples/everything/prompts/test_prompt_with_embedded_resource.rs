//! A prompt that brings a resource along
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The URI of the resource
    resource_uri: String,
}

pub fn handler(Schema { resource_uri }: Schema) -> Vec<PromptMessage> {
    let text = "Embedded resource content for testing.";
    vec![
        PromptMessage::user(EmbeddedResource::text(resource_uri, "text/plain", text)),
        PromptMessage::user("Please process the embedded resource above."),
    ]
}
