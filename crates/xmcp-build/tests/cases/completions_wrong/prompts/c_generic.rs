//! Is generic
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete<'a>(argument: &'a str, value: &'a str) -> Vec<&'a str> {
    vec![]
}
