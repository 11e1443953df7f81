//! The headers of a request, and what its body says of the same things.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::{
    Era,
    fuzz::{head_and_body, lines},
    server::{
        headers::{self, Fields},
        jsonrpc::{Message, parse},
        version::Versions,
    },
};

/// Lines of a head, an empty line, and a message: what is of 2026-07-28 says version, method and name in its head as in its body, each
/// once, and nothing else is.
pub fn request_headers(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let mut headers = HeaderMap::new();
    for (name, value) in lines(head) {
        headers.append(name, value);
    }
    let Ok(Message::Request(request)) = parse(body, |_| true) else {
        return;
    };
    let Ok(meta) = request.params.meta() else {
        return;
    };
    let Ok(era) = headers::era(&Fields::of(&headers), &request, meta, &Versions::new(&[])) else {
        return;
    };
    let only = |name: &str| {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        assert!(values.len() <= 1, "{name} stands {} times", values.len());
        values
            .first()
            .map(|value| value.to_str().expect("it was read"))
    };
    let version = only("mcp-protocol-version");
    if era == Era::Legacy {
        assert_ne!(version, Some("2026-07-28"));
        return;
    }
    assert_eq!(version, Some("2026-07-28"));
    assert_eq!(only("mcp-method"), Some(&*request.method));
    let Ok(read) = serde_json::from_slice::<Map<String, Value>>(body) else {
        return;
    };
    let params = &read["params"];
    assert_eq!(
        params["_meta"]["io.modelcontextprotocol/protocolVersion"],
        "2026-07-28"
    );
    assert!(params["_meta"]["io.modelcontextprotocol/clientCapabilities"].is_object());
    let name = match &*request.method {
        "tools/call" | "prompts/get" => params.get("name"),
        "resources/read" => params.get("uri"),
        _ => None,
    };
    if let Some(name) = name.and_then(Value::as_str) {
        let header = only("mcp-name").expect("a request that names something says it in its head");
        let wrapped = format!("=?base64?{}?=", BASE64_STANDARD.encode(name));
        assert!(header == name || header == wrapped, "{header} {name}");
    }
}
