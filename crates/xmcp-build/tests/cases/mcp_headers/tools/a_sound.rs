//! Has headers
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Where
    #[schemars(extend("x-mcp-header" = "Region"), length(min = 1))]
    region: String,
    /// How many
    #[schemars(extend("x-other" = 1, "x-mcp-header" = "Count"))]
    count: Option<u32>,
    /// Whether
    #[schemars(extend("x-mcp-header" = "X.y_z!"))]
    dry: bool,
    /// More
    page: Option<Page>,
    /// Of another file
    #[schemars(extend("x-mcp-header" = "Colour"))]
    colour: crate::Colour,
}

#[derive(Deserialize, JsonSchema)]
struct Page {
    /// The number
    #[schemars(extend("x-mcp-header" = "Page"))]
    number: u32,
}

pub fn handler(_: Schema) {}
