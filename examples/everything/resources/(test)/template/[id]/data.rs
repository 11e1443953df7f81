//! Data of an id; the id is a part of the URI
use serde_json::{Value, json};
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new().mime_type("application/json");

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Which data
    id: String,
}

pub fn handler(Schema { id }: Schema) -> Json<Value> {
    let data = format!("Data for ID: {id}");
    Json(json!({ "id": id, "templateTest": true, "data": data }))
}

pub fn complete(_argument: &str, _value: &str) -> Vec<&'static str> {
    vec!["123", "124", "200"]
}
