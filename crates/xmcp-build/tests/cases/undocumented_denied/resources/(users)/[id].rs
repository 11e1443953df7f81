//! A user
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    pub id: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
