//! Does not say what it takes
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    id: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
