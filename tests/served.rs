//! The app over real HTTP, as `cargo run` serves it, to clients of both protocol generations.

mod support {
    pub mod command;
    pub mod served;
}

use serde_json::{Value, json};
use support::served::Served;

fn start() -> Served {
    Served::start(env!("CARGO_BIN_EXE_xmcp-app"))
}

/// The names of the tools in a list.
fn names(list: &Value) -> Vec<&str> {
    list["tools"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|tool| tool["name"].as_str())
        .collect()
}

#[test]
fn a_2025_11_25_client_initializes_lists_and_calls() {
    let server = start();
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
    let initialized = server.legacy("initialize", params).result();
    assert_eq!(initialized["protocolVersion"], "2025-11-25");
    assert_eq!(initialized["serverInfo"]["name"], "xmcp-app");
    assert_eq!(
        names(&server.legacy("tools/list", json!({})).result()),
        ["greet", "whoami"]
    );
    let greeting = server.legacy(
        "tools/call",
        json!({ "name": "greet", "arguments": { "name": "Ada" } }),
    );
    assert_eq!(
        greeting.result(),
        json!({ "content": [{ "type": "text", "text": "Hello, Ada!" }] })
    );
    assert_eq!(greeting.header("content-type"), Some("application/json"));
}

#[test]
fn a_2026_07_28_client_discovers_lists_and_calls() {
    let server = start();
    let discovered = server.modern("server/discover", json!({})).result();
    assert_eq!(
        discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "xmcp-app"
    );
    assert_eq!(
        names(&server.modern("tools/list", json!({})).result()),
        ["greet", "whoami"]
    );
    let greeting = server.modern(
        "tools/call",
        json!({ "name": "greet", "arguments": { "name": "Ada" } }),
    );
    let expected =
        json!({ "resultType": "complete", "content": [{ "type": "text", "text": "Hello, Ada!" }] });
    assert_eq!(greeting.result(), expected);
}

#[test]
fn a_tool_for_signed_in_users_says_that_nobody_is() {
    let server = start();
    let text = "nobody is signed in: wire an auth provider in src/middleware.rs";
    let answer = server
        .legacy("tools/call", json!({ "name": "whoami" }))
        .result();
    assert_eq!(
        answer,
        json!({ "content": [{ "type": "text", "text": text }], "isError": true })
    );
}

#[test]
fn what_is_beside_the_endpoint_is_there() {
    let server = start();
    let health = server.ask("GET", "/health", &[], "");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
    let page = server.ask("GET", "/", &[("Accept", "text/html")], "");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    for part in ["xmcp-app", "greet", "whoami", "Greet the user by name"] {
        assert!(
            page.body.contains(part),
            "`{part}` is missing in {}",
            page.body
        );
    }
    let missing = server.ask("GET", "/no/such", &[], "");
    let expected = json!({
        "error": "not_found",
        "error_description": "nothing is served at this path, the MCP endpoint is `/mcp`",
    });
    assert_eq!((missing.status, missing.json()), (404, expected));
    let get = server.ask("GET", "/mcp", &[("Accept", "text/event-stream")], "");
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_well() {
    let server = start();
    server
        .modern(
            "tools/call",
            json!({ "name": "greet", "arguments": { "name": "Ada" } }),
        )
        .result();
    assert_eq!(server.terminate().code(), Some(0));
}
