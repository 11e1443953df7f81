#![cfg(windows)]
//! Is there under a condition
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which
    pub windows: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
