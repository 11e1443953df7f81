//! A user's profile
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new().title("Profile").scopes(&["users:read"]);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The user's id
    pub user_id: String,
}

pub async fn handler(Schema { user_id }: Schema, context: Context) -> Result<String> {
    Ok(user_id)
}

pub async fn complete(argument: &str, value: &str, pool: State<Pool>) -> Vec<String> {
    vec![]
}
