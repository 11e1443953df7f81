pub use crate::db::Filter as Schema;
use xmcp::prelude::*;

pub(super) const METADATA: ToolMetadata = (xmcp::ToolMetadata::new()).blocking().description(concat!("a", "b")).public(true);

pub fn schema() -> serde_json::Value {
    serde_json::json!({ "type": "object" })
}

pub fn handler(_: Schema) -> Result<String, std::io::Error> {
    Ok(String::new())
}
