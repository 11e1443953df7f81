//! Is something
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which
    pub user: String,
}

pub fn handler(_: Schema) -> String {
    String::new()
}
