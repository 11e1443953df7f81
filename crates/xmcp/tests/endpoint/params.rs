//! A request's params: what fits no method, what is missing, and what nobody knows.

use serde_json::json;
use xmcp::Era;

use crate::support::{ACCEPT, BOTH, Server, in_era, with_meta};

#[tokio::test]
async fn a_text_where_something_else_should_be_is_not_repeated_in_full() {
    let server = Server::new().await;
    let long = "\\u0001".repeat(100_000);
    for body in [
        format!(r#""{long}""#),
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":"{long}"}}"#),
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":["{long}"]}}}}"#
        ),
    ] {
        let answer = server.post(body).await;
        let (_, _, message) = answer.error();
        assert!(message.len() < 300, "{} bytes", message.len());
    }
}

#[tokio::test]
async fn params_that_do_not_fit_a_known_method_are_invalid() {
    let server = Server::new().await;
    let cases = [
        ("tools/call", "[]"),
        ("tools/call", r#"["hello"]"#),
        ("tools/call", "7"),
        ("tools/call", r#""name""#),
        ("tools/call", r#"{"name":7}"#),
        ("tools/call", "{}"),
        ("tools/call", r#"{"name":null}"#),
        ("tools/list", "[]"),
        ("tools/list", r#"{"cursor":7}"#),
        ("tools/list", r#"{"cursor":"next"}"#),
        ("initialize", "{}"),
        ("initialize", r#"{"protocolVersion":7}"#),
        ("logging/setLevel", "{}"),
        ("logging/setLevel", r#"{"level":"loud"}"#),
        ("ping", "[1]"),
    ];
    for (method, params) in cases {
        let body = format!(r#"{{"jsonrpc":"2.0","id":"a","method":"{method}","params":{params}}}"#);
        let answer = server.post(body).await;
        let (status, code, message) = answer.error();
        assert_eq!(
            (status, code),
            (200, -32602),
            "{method} {params}: {message}"
        );
        assert_eq!(answer.json()["id"], "a", "{method} {params}");
    }
    let cases = [
        ("tools/call", json!([])),
        ("tools/call", json!("name")),
        ("tools/call", with_meta(json!({ "name": 7 }))),
        ("tools/call", with_meta(json!({}))),
        ("tools/list", json!(7)),
        ("tools/list", with_meta(json!({ "cursor": 7 }))),
        ("tools/list", with_meta(json!({ "cursor": "next" }))),
        ("server/discover", json!([1])),
    ];
    for (method, params) in cases {
        let body = format!(r#"{{"jsonrpc":"2.0","id":"a","method":"{method}","params":{params}}}"#);
        let answer = server.post_as(Era::Modern, method, body).await;
        let (status, code, message) = answer.error();
        assert_eq!(
            (status, code),
            (200, -32602),
            "{method} {params}: {message}"
        );
        assert_eq!(answer.json()["id"], "a", "{method} {params}");
    }
    for (era, status) in [(Era::Legacy, 200), (Era::Modern, 404)] {
        let body = r#"{"jsonrpc":"2.0","id":1,"method":"no/such","params":[]}"#;
        let answer = server.post_as(era, "no/such", body).await.error();
        assert_eq!(
            answer,
            (status, -32601, "method not found: `no/such`".to_owned()),
            "what the params of an unknown method must be, nobody knows"
        );
    }
}

#[tokio::test]
async fn members_that_nobody_knows_are_left_alone() {
    let server = Server::new().await;
    let body = r#"{"jsonrpc":"2.0","x":[{}],"id":1,"method":"tools/call","params":{"name":"hello","task":{"ttl":1},"y":null}}"#;
    assert_eq!(
        server.post(body).await.result()["content"][0]["text"],
        "hello"
    );
}

#[tokio::test]
async fn missing_and_null_arguments_are_an_empty_object() {
    let server = Server::new().await;
    for era in BOTH {
        let expected = in_era(
            era,
            json!({ "content": [{ "type": "text", "text": "hello" }] }),
        );
        for params in [
            json!({ "name": "hello" }),
            json!({ "name": "hello", "arguments": {} }),
            json!({ "name": "hello", "arguments": null }),
        ] {
            assert_eq!(
                server.request(era, "tools/call", params).await.result(),
                expected
            );
        }
    }
}

#[tokio::test]
async fn an_unknown_tool_is_invalid_params() {
    let server = Server::new().await;
    for era in BOTH {
        for tool in ["no_such", "HELLO", "hello "] {
            // On 2026-07-28 too the answer to a well-formed request comes with 200.
            let expected = (200, -32602, format!("unknown tool `{tool}`"));
            let encoded = format!(
                "=?base64?{}?=",
                base64::Engine::encode(&base64::prelude::BASE64_STANDARD, tool)
            );
            let mut params = json!({ "name": tool });
            let mut headers = vec![("content-type", "application/json"), ("accept", ACCEPT)];
            if era == Era::Modern {
                headers.extend([
                    ("mcp-protocol-version", "2026-07-28"),
                    ("mcp-method", "tools/call"),
                    ("mcp-name", &*encoded),
                ]);
                params = with_meta(params);
            }
            let body =
                json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
                    .to_string();
            assert_eq!(
                server
                    .ask(http::Method::POST, "/mcp", &headers, body)
                    .await
                    .error(),
                expected,
                "{era:?}"
            );
        }
    }
}
