//! Takes the rest as a list
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The path
    path: Vec<String>,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
