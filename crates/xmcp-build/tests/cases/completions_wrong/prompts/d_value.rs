//! Takes a value, too
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete(argument: &str, value: &str, limit: usize, other: &str, context: &Context) -> Vec<String> {
    vec![]
}
