//! One meaning, two ways: what is asked over HTTP and on a pipe is answered with the same bytes.

use axum::body::Body;
use http::{Request, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{AppState, Era, testing::test_router};

use crate::{
    support::{BOTH, Client, app, request},
    tools::Stage,
};

/// The answer over HTTP.
async fn over_http(era: Era, message: &str) -> String {
    let state = AppState::new().with(Stage::default());
    let mut settings = app().settings();
    // On a pipe a client can always be told of changes, over HTTP in a session.
    settings.http.sessions = true;
    let router = test_router(app(), settings, Some(state), None)
        .await
        .unwrap();
    let mut request = Request::post("/mcp")
        .header(header::HOST, "127.0.0.1:3001")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream");
    if let (Era::Modern, Ok(body)) = (era, serde_json::from_str::<Value>(message)) {
        request = request.header("mcp-protocol-version", "2026-07-28");
        request = request.header("mcp-method", body["method"].as_str().unwrap_or_default());
        request = request.header(
            "mcp-name",
            body["params"]["name"]
                .as_str()
                .or(body["params"]["uri"].as_str())
                .unwrap_or_default(),
        );
    }
    let response = router
        .oneshot(request.body(Body::from(message.to_owned())).unwrap())
        .await
        .unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn valid_requests_get_the_same_bytes() {
    let call = |name: &str, arguments: Value| {
        (
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    };
    let requests = [
        ("tools/list", json!({})),
        ("tools/list", json!({ "cursor": "x" })),
        (
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "a", "version": "1" } }),
        ),
        ("initialize", json!({ "protocolVersion": "1999-01-01" })),
        ("initialize", json!({})),
        ("server/discover", json!({})),
        ("ping", json!({})),
        ("logging/setLevel", json!({ "level": "info" })),
        ("logging/setLevel", json!({ "level": "loud" })),
        ("logging/setLevel", json!({})),
        ("tools/call", json!({})),
        ("tools/call", json!({ "name": "no_such" })),
        ("tools/call", json!({ "name": "echo" })),
        ("prompts/list", json!({})),
        ("prompts/list", json!({ "cursor": "x" })),
        ("prompts/get", json!({ "name": "plain" })),
        ("prompts/get", json!({ "name": "messages" })),
        ("prompts/get", json!({ "name": "review" })),
        ("prompts/get", json!({ "name": "guarded_prompt" })),
        ("prompts/get", json!({ "name": "no_such" })),
        (
            "prompts/get",
            json!({ "name": "failing", "arguments": { "how": "message" } }),
        ),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("resources/read", json!({})),
        ("resources/read", json!({ "uri": "x" })),
        ("resources/read", json!({ "uri": "test://rules" })),
        ("resources/read", json!({ "uri": "test://picture" })),
        ("resources/read", json!({ "uri": "test://folder" })),
        ("resources/read", json!({ "uri": "test://users/a%20b" })),
        ("resources/read", json!({ "uri": "test://users/%2e%2e" })),
        ("resources/read", json!({ "uri": "test://users/nobody" })),
        ("resources/read", json!({ "uri": "test://users/root" })),
        (
            "resources/read",
            json!({ "uri": "test://users/ada/posts/x" }),
        ),
        ("completion/complete", json!({})),
        (
            "completion/complete",
            json!({
                "ref": { "type": "ref/prompt", "name": "review" },
                "argument": { "name": "code", "value": "x" },
                "context": { "arguments": { "language": "rust" } },
            }),
        ),
        (
            "completion/complete",
            json!({
                "ref": { "type": "ref/resource", "uri": "test://colors/{color}" },
                "argument": { "name": "color", "value": "r" },
            }),
        ),
        call(
            "echo",
            json!({ "text": "Grüße \u{1f600} \n \u{2028} </script>" }),
        ),
        call("echo", json!({ "text": 7 })),
        call("echo", json!({ "text": "a", "more": 1 })),
        call("said", json!({ "text": "structured" })),
        call("nothing", json!({})),
        call("refuse", json!({})),
        call("scoped", json!({})),
        call("talk", json!({})),
    ];
    let mut client = Client::new();
    for era in BOTH {
        for (method, params) in &requests {
            // Without logs, which would make a stream of it.
            if era == Era::Legacy && params["name"] == "talk" {
                continue;
            }
            let message = request(era, r#""\u0041-1""#, method, params.clone());
            assert_eq!(
                client.ask(&message).await,
                over_http(era, &message).await,
                "{era:?} {message}"
            );
        }
    }
}

#[tokio::test]
async fn invalid_messages_get_the_same_bytes() {
    let mut client = Client::new();
    for message in [
        "{",
        "[]",
        "7",
        r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
        r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1}"#,
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"no/such","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":7}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#,
        r#"{"method":"ping","params":{},"jsonrpc":"2.0","id":0}"#,
    ] {
        assert_eq!(
            client.ask(message).await,
            over_http(Era::Legacy, message).await,
            "{message}"
        );
    }
    for key in ["clientCapabilities", "protocolVersion"] {
        let message = request(Era::Modern, 1, "server/discover", json!({})).replace(key, "other");
        assert_eq!(
            client.ask(&message).await,
            over_http(Era::Modern, &message).await,
            "{message}"
        );
    }
}
