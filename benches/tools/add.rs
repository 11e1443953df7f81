//! Add two numbers
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The first number
    pub a: f64,
    /// The second number
    pub b: f64,
}

pub async fn handler(Schema { a, b }: Schema) -> f64 {
    a + b
}
