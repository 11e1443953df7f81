//! B
use xmcp::prelude::*;

#[cfg(unix)]
pub use crate::db::Schema;

#[cfg(not(unix))]
#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub fn handler(input: Schema) {}
