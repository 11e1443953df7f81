//! F
use xmcp::prelude::*;

#[derive(Debug, JsonSchema)]
pub struct Schema {}

pub fn handler(input: Schema) {}
