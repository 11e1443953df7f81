//! Read one of the headers that the call came with
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The header's name, in any case
    name: String,
}

pub async fn handler(Schema { name }: Schema, headers: Headers) -> Result<String> {
    match headers.get(&name) {
        Some(value) => Ok(value.to_owned()),
        None => Err(ToolError::new(format!(
            "the request has no header `{name}`"
        ))),
    }
}
