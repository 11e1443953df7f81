//! Has two that differ
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

#[cfg(unix)]
pub fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}

#[cfg(windows)]
pub async fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}
