//! Tells who called, over what, and in which generation of the protocol
use xmcp::prelude::*;

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AboutRequest {
    /// The id of the request in the server's log
    request_id: String,
    era: String,
    transport: String,
    /// The program's name and version, if it gave them
    client: Option<String>,
}

pub async fn handler(context: Context) -> Json<AboutRequest> {
    Json(AboutRequest {
        request_id: context.request_id().to_owned(),
        era: format!("{:?}", context.era()),
        transport: format!("{:?}", context.transport()),
        client: context
            .client()
            .map(|client| format!("{} {}", client.name, client.version)),
    })
}
