//! Names them otherwise
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// Who
    pub user_id: String,
    /// The rest
    pub rest: String,
    /// More
    pub more: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
