//! E
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema<'a> {
    /// It
    it: &'a str,
}

pub fn handler(input: Schema<'_>) {}
