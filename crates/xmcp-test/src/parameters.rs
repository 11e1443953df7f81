//! Arguments that a tool wants in headers too: `x-mcp-header` in its schema (2026-07-28 basic/transports/streamable-http, "Custom
//! Headers from Tool Parameters").

use http::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::request::header_value;

/// The headers that a call with these arguments needs, by the tool's schema.
pub(crate) fn headers(schema: &Value, arguments: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    collect(schema, arguments, &mut headers);
    headers
}

fn collect(schema: &Value, arguments: &Value, headers: &mut HeaderMap) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let Some(value) = arguments.get(name) else {
            continue;
        };
        let header = property["x-mcp-header"].as_str();
        let header =
            header.and_then(|header| HeaderName::try_from(format!("mcp-param-{header}")).ok());
        match (header, text(value)) {
            (Some(header), Some(text)) => {
                headers.insert(header, header_value(&text));
            }
            _ => collect(property, value, headers),
        }
    }
}

/// A value as a header has it; what is no value alone has none.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_by_the_schema_wherever_they_stand() {
        let schema = json!({ "properties": {
            "region": { "type": "string", "x-mcp-header": "Region" },
            "urgent": { "type": "boolean", "x-mcp-header": "Urgent" },
            "left_out": { "type": "string", "x-mcp-header": "Left-Out" },
            "query": { "type": "string" },
            "page": { "properties": { "size": { "type": "integer", "x-mcp-header": "Size" } } },
        } });
        let arguments =
            json!({ "region": "grün", "urgent": true, "query": "x", "page": { "size": 7 } });
        let headers = headers(&schema, &arguments);
        let sent: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(
            sent,
            [
                ("mcp-param-region", "=?base64?Z3LDvG4=?="),
                ("mcp-param-urgent", "true"),
                ("mcp-param-size", "7"),
            ]
        );
    }
}
