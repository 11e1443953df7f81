//! Returns the signed-in user's session information
use jiff::Timestamp;
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("Who am I").read_only(true);

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Whoami {
    user_id: String,
    scopes: Vec<String>,
    organization_id: Option<String>,
    /// When the session ends
    expires_at: String,
    /// When the token was issued
    issued_at: String,
}

pub async fn handler(session: Option<Session>) -> Result<Json<Whoami>> {
    let session = session
        .ok_or("nobody is signed in: that takes HTTP, and a provider in src/middleware.rs")?;
    Ok(Json(Whoami {
        user_id: session.user_id().to_owned(),
        scopes: session.scopes().to_vec(),
        organization_id: session.organization_id().map(str::to_owned),
        expires_at: Timestamp::try_from(session.expires_at())?.to_string(),
        issued_at: Timestamp::try_from(session.issued_at())?.to_string(),
    }))
}
