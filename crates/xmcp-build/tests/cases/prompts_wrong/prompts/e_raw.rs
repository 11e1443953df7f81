//! Brings a schema
use xmcp::prelude::*;

#[derive(Deserialize)]
pub struct Schema {
    what: String,
}

pub fn schema() -> serde_json::Value {
    serde_json::json!({ "type": "object" })
}

pub fn handler(_: Schema) -> String {
    String::new()
}
