//! F
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub fn handler(one: Schema, other: Schema) {}
