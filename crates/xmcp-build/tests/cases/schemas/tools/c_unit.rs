//! C
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema;

pub fn handler(input: Schema) {}
