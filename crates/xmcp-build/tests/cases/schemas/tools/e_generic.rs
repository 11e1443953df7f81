//! E
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema<T> {
    /// It
    it: T,
}

pub fn handler(input: Schema) {}
