//! C
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema(u8);

pub fn handler(input: Schema) {}
