//! G
use xmcp::prelude::*;

#[cfg_attr(all(), derive(Deserialize), cfg_attr(any(), derive(JsonSchema)))]
pub struct Schema {}

pub fn handler(input: Schema) {}
