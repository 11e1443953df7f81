//! Ask for a review of some code
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The code to look at
    pub code: String,
}

pub async fn handler(Schema { code }: Schema) -> String {
    format!("Review this code: {code}")
}

pub fn complete(_argument: &str, value: &str) -> Vec<String> {
    vec![format!("{value}()")]
}
