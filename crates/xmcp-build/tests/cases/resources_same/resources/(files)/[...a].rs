//! Is something
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which
    pub a: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
