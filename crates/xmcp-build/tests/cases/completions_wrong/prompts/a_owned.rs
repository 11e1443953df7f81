//! Takes texts of its own
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete(argument: String, value: String) -> Vec<String> {
    vec![]
}
