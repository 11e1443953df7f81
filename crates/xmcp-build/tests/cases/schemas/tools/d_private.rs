//! D
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Schema {}

pub fn handler(input: Schema) {}
