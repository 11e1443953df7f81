//! Is something
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which
    pub id: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
