//! Takes too much
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete(argument: &str, value: &str, a: A, b: A, c: A, d: A, e: A, f: A, g: A, h: A, i: A, j: A, k: A, l: A, m: A) -> Vec<String> {
    vec![]
}
