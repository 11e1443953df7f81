//! Who is told of a resource that changes: who may read it by the credential with which it listens.

use http::Method;
use http_body_util::BodyExt;
use serde_json::json;
use xmcp::{
    Era, Settings,
    codegen::{self, Input, Resource, Tool},
    prelude::*,
};

use crate::{
    fixture::{Protected, Setup},
    support::ACCEPT,
};

static TOOLS: &[Tool] = &[tool!(sync change, of_1, None, [server])];

static RESOURCES: &[Resource] = &[
    entry!(Resource secret_notes, "notes://secret", [], sync resource_0, None, []),
    entry!(Resource plain_notes, "notes://plain", [], sync resource_0, None, []),
];

mod change {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(server: ServerHandle) -> &'static str {
        server.resource_updated("notes://secret");
        server.resource_updated("notes://plain");
        "changed"
    }
}

mod secret_notes {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().scopes(&["notes:read"]);
    pub fn handler() -> &'static str {
        "secret"
    }
}

mod plain_notes {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    pub fn handler() -> &'static str {
        "plain"
    }
}

#[tokio::test]
async fn who_subscribed_with_a_scope_is_not_told_once_it_listens_without() {
    let mut settings = Settings::default();
    settings.http.sessions = true;
    let protected = Protected::with(Setup {
        settings,
        tools: TOOLS,
        resources: RESOURCES,
        ..Setup::default()
    })
    .await;
    let (reader, other) = (protected.token("notes:read"), protected.token("openid"));
    let initialize = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
    let begun = protected
        .request(Era::Legacy, "initialize", initialize, Some(&reader))
        .await;
    let id = begun.header("mcp-session-id").unwrap().to_owned();
    let headers = |token: &'static str| -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("accept", ACCEPT.to_owned()),
            ("mcp-protocol-version", "2025-11-25".to_owned()),
            ("mcp-session-id", id.clone()),
        ];
        let token = if token == "reader" { &reader } else { &other };
        headers.push(("authorization", token.clone()));
        headers
    };
    let send = async |method: Method, token: &'static str, body: String| {
        let headers = headers(token);
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        protected
            .server
            .respond(method, "/mcp", &headers, body)
            .await
    };
    let ask = async |id: u32, method: &str, params: serde_json::Value| {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let response = send(Method::POST, "reader", message.to_string()).await;
        assert_eq!(response.status(), 200);
        response.into_body().collect().await.unwrap()
    };
    for uri in ["notes://secret", "notes://plain"] {
        ask(1, "resources/subscribe", json!({ "uri": uri })).await;
    }
    for (token, told) in [
        ("other", &["notes://plain"][..]),
        ("reader", &["notes://secret", "notes://plain"]),
    ] {
        let mut stream = send(Method::GET, token, String::new()).await.into_body();
        ask(
            2,
            "tools/call",
            json!({ "name": "change", "arguments": {} }),
        )
        .await;
        let mut text = String::new();
        // The one that everybody may know of is published last.
        while !text.contains("notes://plain") {
            let frame = stream.frame().await.unwrap().unwrap();
            text += std::str::from_utf8(&frame.into_data().unwrap()).unwrap();
        }
        for uri in ["notes://secret", "notes://plain"] {
            assert_eq!(text.contains(uri), told.contains(&uri), "{token}: {text}");
        }
    }
}
