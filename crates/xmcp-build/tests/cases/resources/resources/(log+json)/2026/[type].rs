//! What was logged
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What to show
    pub r#type: String,
}

pub fn handler(input: Schema) -> String {
    String::new()
}
