//! Has two of them
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}

pub fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}
