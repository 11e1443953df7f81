//! JSON-RPC at its edges (JSON-RPC 2.0 as MCP narrows it; 2025-11-25 and 2026-07-28 basic, "Messages").

use serde_json::json;
use xmcp::Era;

use crate::support::{BOTH, Server, with_meta};

#[tokio::test]
async fn what_is_no_json_is_a_parse_error_without_an_id() {
    let server = Server::new().await;
    for era in BOTH {
        for body in [
            "",
            "{",
            "hello",
            "{\"jsonrpc\":\"2.0\",}",
            "{} {}",
            "\u{feff}{}",
            "{\"id\":1\0}",
        ] {
            let answer = server.post_as(era, "tools/call", body).await;
            let (status, code, message) = answer.error();
            assert_eq!((status, code), (400, -32700), "{era:?} {body:?}: {message}");
            assert_eq!(answer.json().get("id"), None, "{era:?} {body:?}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
        let (status, code, message) = server
            .post_as(era, "tools/call", vec![b'"', 0xff, b'"'])
            .await
            .error();
        assert_eq!(
            (status, code, message.as_str()),
            (400, -32700, "the body is not UTF-8")
        );
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let answer = server.post_as(era, "tools/call", utf16).await;
        assert_eq!(answer.error().1, -32700);
    }
    assert_eq!(server.post("{").await.error().1, -32700, "without a header");
}

#[tokio::test]
async fn what_is_no_message_is_an_invalid_request() {
    let server = Server::new().await;
    let cases = [
        (
            "[]",
            "batches are not part of MCP: send one message a request",
        ),
        (
            r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            "batches are not part of MCP: send one message a request",
        ),
        // What is an array is never a message, even with the right values in the right order.
        (
            r#"["2.0",1,"ping",{}]"#,
            "batches are not part of MCP: send one message a request",
        ),
        (
            r#" [1] "#,
            "batches are not part of MCP: send one message a request",
        ),
        (
            r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            "`id` must be a string or an integer",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#,
            "`id` must be a string or an integer",
        ),
        (
            r#"{"jsonrpc":"2.0","id":1e3,"method":"ping"}"#,
            "`id` must be a string or an integer",
        ),
        (
            r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#,
            "`id` must be a string or an integer",
        ),
        (
            r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#,
            "`id` must be a string or an integer",
        ),
    ];
    for era in BOTH {
        for (body, expected) in cases {
            let answer = server.post_as(era, "ping", body).await;
            assert_eq!(
                answer.error(),
                (400, -32600, expected.to_owned()),
                "{era:?} {body}"
            );
            assert_eq!(answer.json().get("id"), None, "{era:?} {body}");
        }
        for body in ["1", "\"ping\"", "null", "true"] {
            let (status, code, _) = server.post_as(era, "ping", body).await.error();
            assert_eq!((status, code), (400, -32600), "{era:?} {body}");
        }
    }
}

#[tokio::test]
async fn what_names_an_id_and_is_no_request_is_refused_under_that_id() {
    let server = Server::new().await;
    let cases = [
        (r#"{"id":7,"method":"ping"}"#, "`jsonrpc` must be \"2.0\""),
        (
            r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#,
            "`jsonrpc` must be \"2.0\"",
        ),
        (r#"{"jsonrpc":"2.0","id":7}"#, "`method` is missing"),
        (
            r#"{"jsonrpc":"2.0","id":7,"Method":"ping"}"#,
            "`method` is missing",
        ),
    ];
    for (body, message) in cases {
        let expected =
            json!({ "jsonrpc": "2.0", "id": 7, "error": { "code": -32600, "message": message } });
        for era in BOTH {
            let answer = server.post_as(era, "ping", body).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (400, expected.clone()),
                "{era:?} {body}"
            );
        }
    }
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused() {
    let server = Server::new().await;
    let cases = [
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#,
        r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params":{}}"#,
        // The same name, written in another way.
        r#"{"jsonrpc":"2.0","id":1,"method":"ping","\u006dethod":"tools/call"}"#,
    ];
    for body in cases {
        for era in BOTH {
            let (status, code, message) = server.post_as(era, "ping", body).await.error();
            assert_eq!((status, code), (400, -32600), "{era:?} {body}: {message}");
        }
    }
    let (_, code, message) =
        server.post(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hello","name":"raw"}}"#).await.error();
    assert_eq!(
        (code, message.contains("duplicate")),
        (-32602, true),
        "{message}"
    );
}

#[tokio::test]
async fn ids_come_back_byte_for_byte() {
    let server = Server::new().await;
    for id in [
        r#""\u0041""#,
        r#""a""#,
        r#""""#,
        "0",
        "-7",
        "123456789012345678901234567890",
        r#""ü\n\"""#,
    ] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#);
        assert_eq!(
            server.post(body).await.text(),
            format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#)
        );
        let body = format!(
            r#"{{"jsonrpc":"2.0","method":"tools/call","params":{{"name":"hello"}},"id" : {id} }}"#
        );
        let expected = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"result":{{"content":[{{"type":"text","text":"hello"}}]}}}}"#
        );
        assert_eq!(server.post(body).await.text(), expected);
        let body = format!(r#"{{"jsonrpc":"2.0","method":"no/such","id":{id}}}"#);
        let expected = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"method not found: `no/such`"}}}}"#
        );
        assert_eq!(server.post(body).await.text(), expected);

        let params = with_meta(json!({ "name": "hello" }));
        let body =
            format!(r#"{{"jsonrpc":"2.0","method":"tools/call","params":{params},"id" : {id} }}"#);
        let answer = server.post_as(Era::Modern, "tools/call", body).await;
        let (head, result) = answer.text().split_once(r#","result":"#).unwrap();
        assert_eq!(head, format!(r#"{{"jsonrpc":"2.0","id":{id}"#));
        assert!(result.contains(r#""resultType":"complete""#), "{result}");
        let params = with_meta(json!({}));
        let body = format!(r#"{{"jsonrpc":"2.0","method":"no/such","id":{id},"params":{params}}}"#);
        let answer = server.post_as(Era::Modern, "no/such", body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (404, expected.as_str())
        );
        let body = format!(r#"{{"jsonrpc":"1.0","method":"tools/list","id":{id}}}"#);
        let expected = format!(
            r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32600,"message":"`jsonrpc` must be \"2.0\""}}}}"#
        );
        for era in BOTH {
            let answer = server.post_as(era, "tools/list", body.clone()).await;
            assert_eq!(answer.text(), expected, "{era:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_method_is_not_found() {
    let server = Server::new().await;
    for (era, status) in [(Era::Legacy, 200), (Era::Modern, 404)] {
        for method in ["no/such", "resources/subscribe", "tools/List", ""] {
            let answer = server.request(era, method, json!({})).await.error();
            assert_eq!(
                answer,
                (status, -32601, format!("method not found: `{method}`")),
                "{era:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_strangers_text_is_repeated_bounded_and_escaped() {
    let server = Server::new().await;
    let (_, _, message) = server
        .request(
            Era::Legacy,
            &format!("\u{1b}[31m{}", "x".repeat(1000)),
            json!({}),
        )
        .await
        .error();
    assert_eq!(
        message,
        format!("method not found: `\\u{{1b}}[31m{}…`", "x".repeat(123))
    );
    let (_, _, message) = server.call(Era::Legacy, "a\nb", json!({})).await.error();
    assert_eq!(message, "unknown tool `a\\nb`");
}

#[tokio::test]
async fn a_notification_is_accepted_with_an_empty_body() {
    let server = Server::new().await;
    for method in [
        "notifications/initialized",
        "notifications/cancelled",
        "notifications/no-such",
        "tools/call",
    ] {
        let body = json!({ "jsonrpc": "2.0", "method": method, "params": { "name": "hello", "requestId": 1 } });
        for era in BOTH {
            let answer = server.post_as(era, method, body.to_string()).await;
            assert_eq!(
                (answer.status.as_u16(), answer.text()),
                (202, ""),
                "{era:?} {method}"
            );
        }
    }
}

#[tokio::test]
async fn a_notification_that_cannot_be_read_is_refused_by_its_status() {
    let server = Server::new().await;
    let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#;
    for era in BOTH {
        let answer = server.post_as(era, "notifications/initialized", body).await;
        let (status, code, message) = answer.error();
        assert_eq!((status, code), (400, -32602), "{era:?}: {message}");
    }
}

#[tokio::test]
async fn a_response_of_the_client_is_refused_because_nothing_was_asked() {
    let server = Server::new().await;
    for body in [
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}"#,
    ] {
        let expected = "this server asked nothing, so it takes no responses".to_owned();
        for era in BOTH {
            let answer = server.post_as(era, "ping", body).await;
            assert_eq!(answer.error(), (400, -32600, expected.clone()), "{era:?}");
        }
    }
}

#[tokio::test]
async fn what_is_nested_without_end_harms_nobody() {
    let server = Server::new().await;
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    let message = |params: String| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{{params}}}}}"#)
    };
    let bodies = [
        deep.clone(),
        "[".repeat(200_000),
        format!(r#"{{"jsonrpc":"2.0","id":{deep},"method":"ping"}}"#),
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{deep}}}"#),
        message(format!(r#""name":{deep}"#)),
        message(format!(r#""name":"repeat","arguments":{deep}"#)),
        message(format!(r#""name":"repeat","arguments":{{"text":{deep}}}"#)),
        message(format!(
            r#""name":"repeat","arguments":{{"text":"a","more":{deep}}}"#
        )),
        message(format!(
            r#""name":"repeat","arguments":{{"text":"a","tags":"{deep}"}}"#
        )),
        message(format!(r#""name":"raw","arguments":{{"when":{deep}}}"#)),
    ];
    for body in bodies {
        let answer = server.post(body.clone()).await.json();
        let is_refused = answer.get("error").is_some() || answer["result"]["isError"] == true;
        assert!(is_refused, "{}: {answer}", &body[..80]);
    }
    // What nobody reads is no reason to refuse.
    let bodies = [
        message(format!(r#""name":"hello","more":{deep}"#)),
        message(format!(
            r#""name":"about","_meta":{{"progressToken":1,"more":{deep}}}"#
        )),
    ];
    for body in bodies {
        server.post(body).await.result();
    }
}
