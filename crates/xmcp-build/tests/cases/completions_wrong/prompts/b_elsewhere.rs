//! Has it from elsewhere
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What
    what: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}

pub use crate::people::complete;
