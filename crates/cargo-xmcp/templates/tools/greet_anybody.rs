//! Greet someone by name
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("Greet").read_only(true);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub async fn handler(Schema { name }: Schema) -> String {
    format!("Hello, {name}!")
}
