//! Keeps it for itself
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

async fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}
