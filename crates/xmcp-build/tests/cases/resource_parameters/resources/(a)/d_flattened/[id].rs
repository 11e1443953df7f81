//! Hides them
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// All
    #[serde(flatten)]
    all: crate::All,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
