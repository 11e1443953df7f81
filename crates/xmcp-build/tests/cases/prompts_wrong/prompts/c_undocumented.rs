//! Does not say what its argument is
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
