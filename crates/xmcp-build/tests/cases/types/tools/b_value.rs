//! Returns JSON
pub fn handler() -> serde_json::Value {
    serde_json::Value::Null
}
