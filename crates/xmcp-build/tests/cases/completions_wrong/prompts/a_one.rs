//! Takes one text
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub async fn complete(value: &str) -> Vec<String> {
    vec![]
}
