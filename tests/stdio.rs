//! The app over standard input and output, as clients start it with `--stdio`.

mod support {
    pub mod command;
    pub mod stdio;
}

use std::path::Path;

use serde_json::{Value, json};
use support::stdio::Stdio;

fn start() -> Stdio {
    Stdio::start(Path::new(env!("CARGO_BIN_EXE_xmcp-app")))
}

fn request(id: u32, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

#[test]
fn a_2025_11_25_client_initializes_lists_and_calls() {
    let mut app = start();
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
    let initialized = app.ask(&request(0, "initialize", params));
    assert_eq!(initialized["id"], 0);
    assert_eq!(initialized["result"]["protocolVersion"], "2025-11-25");
    app.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    let list = app.ask(&request(1, "tools/list", json!({})));
    let tools = list["result"]["tools"].as_array().unwrap();
    for name in ["greet", "whoami"] {
        assert!(tools.iter().any(|tool| tool["name"] == name), "{list}");
    }
    let greeting = app.ask(&request(
        2,
        "tools/call",
        json!({ "name": "greet", "arguments": { "name": "Ada" } }),
    ));
    let result = json!({ "content": [{ "type": "text", "text": "Hello, Ada!" }] });
    assert_eq!(
        greeting,
        json!({ "jsonrpc": "2.0", "id": 2, "result": result })
    );
    let end = app.finish();
    assert_eq!(
        (end.status.code(), end.rest),
        (Some(0), vec![]),
        "{}",
        end.stderr
    );
}

#[test]
fn a_2026_07_28_client_calls_at_once() {
    let mut app = start();
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "name": "greet", "arguments": { "name": "Ada" }, "_meta": meta });
    let greeting = app.ask(&request(1, "tools/call", params));
    let result =
        json!({ "resultType": "complete", "content": [{ "type": "text", "text": "Hello, Ada!" }] });
    assert_eq!(
        greeting,
        json!({ "jsonrpc": "2.0", "id": 1, "result": result })
    );
    let end = app.finish();
    assert_eq!(
        (end.status.code(), end.rest),
        (Some(0), vec![]),
        "{}",
        end.stderr
    );
}

#[test]
fn nobody_is_signed_in() {
    let mut app = start();
    let whoami = app.ask(&request(1, "tools/call", json!({ "name": "whoami" })));
    let text = "nobody is signed in: that takes HTTP, and a provider in src/middleware.rs";
    assert_eq!(
        whoami["result"],
        json!({ "content": [{ "type": "text", "text": text }], "isError": true })
    );
    let end = app.finish();
    assert!(!end.stderr.contains("Scalekit"), "{}", end.stderr);
}

#[test]
fn an_input_that_ends_at_once_is_no_failure() {
    let end = start().finish();
    assert_eq!(
        (end.status.code(), end.rest),
        (Some(0), vec![]),
        "{}",
        end.stderr
    );
}
