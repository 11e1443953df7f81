//! Answers a value that stands in a header, too, where a proxy can see it: `Mcp-Param-Value`
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The value
    #[schemars(extend("x-mcp-header" = "Value"))]
    value: String,
}

pub async fn handler(Schema { value }: Schema) -> String {
    value
}
