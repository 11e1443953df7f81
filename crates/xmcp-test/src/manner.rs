//! How a call is made once the server has said what it takes.

use http::{HeaderMap, HeaderName};
use serde_json::Value;

use crate::{RpcError, request::header_value};

const TASKS: &str = "io.modelcontextprotocol/tasks";

/// What goes with a call beside its arguments.
#[derive(Debug, Default)]
pub(crate) struct Manner {
    /// The headers of its arguments, `Mcp-Param-*`.
    pub(crate) headers: HeaderMap,
    /// Whether the client says that it has the tasks extension.
    pub(crate) has_tasks: bool,
}

impl Manner {
    /// Whether the call lacked the headers of its arguments (2026-07-28 basic/transports/streamable-http, "Client Behavior").
    pub(crate) fn lacks_headers(&self, error: &RpcError) -> bool {
        error.code == -32020 && self.headers.is_empty()
    }

    /// Whether the tool runs as a task only.
    pub(crate) fn lacks_tasks(&self, error: &RpcError) -> bool {
        let required = || error.data.as_ref()?["requiredCapabilities"]["extensions"].get(TASKS);
        error.code == -32021 && !self.has_tasks && required().is_some()
    }

    /// Adds the headers of the arguments that a schema gives some.
    pub(crate) fn add_headers(&mut self, schema: &Value, arguments: &Value) {
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let value = &arguments[name];
            self.add_headers(schema, value);
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                _ => continue,
            };
            let header = schema["x-mcp-header"].as_str();
            let header =
                header.and_then(|name| HeaderName::try_from(format!("mcp-param-{name}")).ok());
            if let Some(header) = header {
                self.headers.insert(header, header_value(&text));
            }
        }
    }
}
