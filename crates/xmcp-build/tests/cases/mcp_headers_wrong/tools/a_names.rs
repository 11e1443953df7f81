//! Names them wrongly
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Empty
    #[schemars(extend("x-mcp-header" = ""))]
    a: String,
    /// With a space
    #[schemars(extend("x-mcp-header" = "My Region"))]
    b: String,
    /// With a line break
    #[schemars(extend("x-mcp-header" = "My\nRegion"))]
    c: String,
    /// A constant
    #[schemars(extend("x-mcp-header" = REGION))]
    d: String,
    /// A number
    #[schemars(extend("x-mcp-header" = 1))]
    e: String,
    /// First
    #[schemars(extend("x-mcp-header" = "Region"))]
    f: String,
    /// Second
    #[schemars(extend("x-mcp-header" = "REGION"))]
    g: String,
}

pub fn handler(_: Schema) {}
