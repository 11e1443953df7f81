//! Greet
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    // Not documentation
    pub name: String,
    #[serde(default)]
    pub times: u8,
    /// Documented
    pub fine: bool,
}

pub fn handler(input: Schema) {}
