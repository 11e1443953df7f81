use xmcp::prelude::*;

pub(crate) type Schema = crate::db::Query;

pub fn meta() -> serde_json::Value {
    serde_json::json!({ "a": 1 })
}

/// Find a user
#[must_use]
pub fn handler(context: Context, input: Schema) {}
