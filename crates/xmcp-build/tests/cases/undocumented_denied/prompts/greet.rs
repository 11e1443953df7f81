//! Greet someone
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    pub name: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
