//! Gives them to what fits into no header
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// A number
    #[schemars(extend("x-mcp-header" = "A"))]
    a: Option<f64>,
    /// Many
    #[schemars(extend("x-mcp-header" = "B"))]
    b: Vec<String>,
    /// A struct
    #[schemars(extend("x-mcp-header" = "C"))]
    c: Page,
    /// An enum
    #[schemars(extend("x-mcp-header" = "D"))]
    d: Shape,
}

#[derive(Deserialize, JsonSchema)]
struct Page {
    /// The number
    number: u32,
}

#[derive(Deserialize, JsonSchema)]
enum Shape {
    Circle(u8),
}

pub fn handler(_: Schema) {}
