//! Has them where nobody can tell which value they mean
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Many
    pages: Vec<Page>,
    /// One
    first: Sort,
    /// And one
    second: Option<Sort>,
    /// Either
    shape: Shape,
}

#[derive(Deserialize, JsonSchema)]
struct Page {
    /// The number
    #[schemars(extend("x-mcp-header" = "Page"))]
    number: u32,
    /// In a circle
    more: Vec<Page>,
}

#[derive(Deserialize, JsonSchema)]
struct Sort {
    /// By what
    #[schemars(extend("x-mcp-header" = "Sort"))]
    by: String,
}

#[derive(Deserialize, JsonSchema)]
enum Shape {
    Circle {
        /// How large
        #[schemars(extend("x-mcp-header" = "Radius"))]
        radius: u32,
    },
}

pub fn handler(_: Schema) {}
