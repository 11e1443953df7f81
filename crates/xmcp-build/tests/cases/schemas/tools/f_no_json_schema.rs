//! F
use xmcp::prelude::*;

#[derive(Debug, serde::Deserialize)]
pub struct Schema {}

impl serde::Serialize for Schema {}

pub fn handler(input: Schema) {}
