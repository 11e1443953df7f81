//! Is something
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which
    pub c: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
