//! A message as an HTTP request, as clients of each protocol generation write it.

use axum::body::Body;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, Method, Request, header};
use serde_json::{Value, json};
use xmcp::Era;

use crate::manner::Manner;

/// What all requests of a client have in common.
pub(crate) struct Sender<'a> {
    pub(crate) endpoint: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) era: Era,
    /// Whether the client can be asked.
    pub(crate) answers: bool,
    pub(crate) manner: &'a Manner,
}

impl Sender<'_> {
    /// The request of this id. Members of `_meta` and headers that the test wrote itself stay as they are.
    pub(crate) fn request(&self, id: u64, method: &str, mut params: Value) -> Request<Body> {
        let mut all = HeaderMap::new();
        all.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        all.insert(
            header::ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
        match self.era {
            Era::Modern => {
                all.insert(
                    "mcp-protocol-version",
                    HeaderValue::from_static("2026-07-28"),
                );
                all.insert("mcp-method", header_value(method));
                if let Some(name) = name(method, &params) {
                    all.insert("mcp-name", header_value(name));
                }
            }
            Era::Legacy if method == "initialize" => {}
            Era::Legacy => {
                all.insert(
                    "mcp-protocol-version",
                    HeaderValue::from_static("2025-11-25"),
                );
            }
        }
        let own = self.manner.headers.iter().chain(self.headers);
        all.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        self.add_meta(&mut params, id, method);
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let mut request = Request::new(Body::from(message.to_string()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self
            .endpoint
            .parse()
            .expect("the server started, so its endpoint is a path");
        *request.headers_mut() = all;
        request
    }

    fn add_meta(&self, params: &mut Value, id: u64, method: &str) {
        let Value::Object(params) = params else {
            return;
        };
        let mut meta = json!({});
        if method == "tools/call" {
            meta["progressToken"] = id.into();
        }
        if self.era == Era::Modern {
            meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
            meta["io.modelcontextprotocol/clientInfo"] =
                json!({ "name": "xmcp-test", "version": env!("CARGO_PKG_VERSION") });
            meta["io.modelcontextprotocol/clientCapabilities"] = if self.answers {
                json!({ "elicitation": { "form": {}, "url": {} }, "sampling": { "tools": {} }, "roots": {} })
            } else {
                json!({})
            };
            if self.manner.has_tasks || method.starts_with("tasks/") {
                meta["io.modelcontextprotocol/clientCapabilities"]["extensions"] =
                    json!({ "io.modelcontextprotocol/tasks": {} });
            }
            if method == "tools/call" {
                meta["io.modelcontextprotocol/logLevel"] = "debug".into();
            }
        }
        let (Value::Object(meta), present) =
            (meta, params.entry("_meta").or_insert_with(|| json!({})))
        else {
            return;
        };
        let Value::Object(present) = present else {
            return;
        };
        for (key, value) in meta {
            present.entry(key).or_insert(value);
        }
    }
}

/// What a request is for, as the header `Mcp-Name` repeats it (2026-07-28 basic/transports/streamable-http, "Standard Headers").
fn name<'a>(method: &str, params: &'a Value) -> Option<&'a str> {
    match method {
        "tools/call" | "prompts/get" => params["name"].as_str(),
        "resources/read" => params["uri"].as_str(),
        "tasks/get" | "tasks/update" | "tasks/cancel" => params["taskId"].as_str(),
        _ => None,
    }
}

/// The text itself, or its base64 form where a header could not carry it (2026-07-28 basic/transports/streamable-http,
/// "Value Encoding").
pub(crate) fn header_value(text: &str) -> HeaderValue {
    let is_plain = text.trim_ascii() == text
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.starts_with("=?base64?");
    let text = if is_plain {
        text.to_owned()
    } else {
        format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
    };
    HeaderValue::try_from(text).expect("visible characters are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_no_header_can_carry_are_wrapped() {
        assert_eq!(header_value("greet"), "greet");
        assert_eq!(header_value("grüße"), "=?base64?Z3LDvMOfZQ==?=");
        assert_eq!(header_value(" greet"), "=?base64?IGdyZWV0?=");
        assert_eq!(header_value("=?base64?a?="), "=?base64?PT9iYXNlNjQ/YT89?=");
    }
}
