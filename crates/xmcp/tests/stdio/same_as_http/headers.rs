//! The headers that say over HTTP what a body says: taken from bodies that may be wrong, so each piece by itself.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue};
use serde_json::value::RawValue;

pub(crate) const VERSION: &str = "mcp-protocol-version";
pub(crate) const METHOD: &str = "mcp-method";
pub(crate) const NAME: &str = "mcp-name";

/// The members of an object, as they are written. What is no object has none.
fn members(text: &str) -> HashMap<String, Box<RawValue>> {
    serde_json::from_str(text).unwrap_or_default()
}

fn text(members: &HashMap<String, Box<RawValue>>, name: &str) -> Option<String> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

/// What a message says of itself.
pub(crate) struct Said {
    pub(crate) method: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) version: Option<String>,
}

impl Said {
    pub(crate) fn by(message: &[u8]) -> Self {
        let message = members(std::str::from_utf8(message).unwrap_or_default());
        let params = message
            .get("params")
            .map(|text| members(text.get()))
            .unwrap_or_default();
        let meta = params
            .get("_meta")
            .map(|text| members(text.get()))
            .unwrap_or_default();
        let method = text(&message, "method");
        let name = match method.as_deref() {
            Some("resources/read") => text(&params, "uri"),
            Some("tasks/get" | "tasks/update" | "tasks/cancel") => text(&params, "taskId"),
            _ => text(&params, "name"),
        };
        Self {
            method,
            name,
            version: text(&meta, "io.modelcontextprotocol/protocolVersion"),
        }
    }

    /// Whether headers can say it. A name can be wrapped; the others go as they are.
    pub(crate) fn fits(&self) -> bool {
        [&self.method, &self.version]
            .into_iter()
            .flatten()
            .all(|text| is_visible(text))
    }
}

/// The headers of a client that means what its body says.
pub(crate) fn of(message: &[u8]) -> HeaderMap {
    let said = Said::by(message);
    let mut headers = HeaderMap::new();
    // Before 2026-07-28 a body says no version, and the header may be missing.
    let Some(version) = said.version.as_deref() else {
        return headers;
    };
    let name = said.name.as_deref().map(wrapped);
    for (header, value) in [
        (VERSION, Some(version.to_owned())),
        (METHOD, said.method),
        (NAME, name),
    ] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(header, value);
        }
    }
    headers
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// As it is, or in base64 where a header cannot hold it (2026-07-28 basic/transports/streamable-http, "Value Encoding").
pub(crate) fn wrapped(text: &str) -> String {
    if is_visible(text) && text.trim() == text && !text.starts_with("=?base64?") {
        return text.to_owned();
    }
    format!("=?base64?{}?=", BASE64_STANDARD.encode(text))
}
