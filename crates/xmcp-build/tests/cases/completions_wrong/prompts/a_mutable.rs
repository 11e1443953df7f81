//! Takes another reference
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub async fn complete(argument: &str, value: &mut str) -> Vec<String> {
    vec![]
}
