//! A file in `tools/` is a tool: what that takes is a build, and nothing else.

mod support {
    pub mod command;
    pub mod copy;
    pub mod stdio;
}

use serde_json::{Value, json};
use support::{copy::Copy, stdio::Stdio};

const SHOUT: &str = r#"//! Say it loudly
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What to shout
    pub text: String,
}

pub fn handler(Schema { text }: Schema) -> String {
    text.to_uppercase()
}
"#;

const PRINTING: &str = r#"//! Print to standard output, which is the protocol's
use xmcp::prelude::*;

pub async fn handler() -> &'static str {
    println!("printed by a tool");
    "done"
}
"#;

fn start(app: &Copy) -> Stdio {
    Stdio::start(&app.binary())
}

fn tools(app: &Copy) -> Vec<String> {
    let mut app = start(app);
    let list = app.ask(&request("tools/list", json!({})));
    let tools = list["result"]["tools"]
        .as_array()
        .unwrap_or_else(|| panic!("{list}"));
    let names = tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(app.finish().status.success());
    names
}

/// A request of a 2026-07-28 client, which needs no handshake.
fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

fn call(tool: &str, arguments: Value) -> Value {
    request(
        "tools/call",
        json!({ "name": tool, "arguments": arguments }),
    )
}

#[test]
fn is_a_tool_as_long_as_it_is_there() {
    let app = Copy::new("xmcp-app-copy");
    app.build();
    assert_eq!(tools(&app), ["greet", "whoami"]);

    app.write("tools/nested/shout.rs", SHOUT);
    app.build();
    assert_eq!(tools(&app), ["greet", "nested_shout", "whoami"]);
    let mut running = start(&app);
    let answer = running.ask(&call("nested_shout", json!({ "text": "hello" })));
    assert_eq!(
        answer["result"]["content"],
        json!([{ "type": "text", "text": "HELLO" }])
    );
    running.finish();

    app.write(
        "tools/nested/shout.rs",
        &SHOUT.replace("to_uppercase", "to_lowercase"),
    );
    app.build();
    let mut running = start(&app);
    let answer = running.ask(&call("nested_shout", json!({ "text": "HELLO" })));
    assert_eq!(
        answer["result"]["content"],
        json!([{ "type": "text", "text": "hello" }])
    );
    running.finish();

    let said = app.build();
    assert!(
        said.contains("Fresh xmcp-app-copy "),
        "a build with nothing changed does nothing: {said}"
    );

    app.remove("tools/nested/shout.rs");
    app.build();
    assert_eq!(tools(&app), ["greet", "whoami"]);
}

#[test]
fn may_print_without_harm() {
    let app = Copy::new("xmcp-app-that-prints");
    app.write("tools/printing.rs", PRINTING);
    app.build();
    let mut running = start(&app);
    let answer = running.ask(&call("printing", json!({})));
    let result =
        json!({ "resultType": "complete", "content": [{ "type": "text", "text": "done" }] });
    assert_eq!(
        answer,
        json!({ "jsonrpc": "2.0", "id": 1, "result": result })
    );
    let end = running.finish();
    assert_eq!(
        (end.status.code(), end.rest),
        (Some(0), vec![]),
        "nothing but the answer is on standard output"
    );
    assert!(end.stderr.contains("printed by a tool"), "{}", end.stderr);
}
