//! B
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub type Schema = u8;

pub fn handler(input: Schema) {}
