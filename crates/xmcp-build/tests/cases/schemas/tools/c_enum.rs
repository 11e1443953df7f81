//! C
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub enum Schema {
    One,
}

pub fn handler(input: Schema) {}
