//! What a line is, and what is answered to one that is no valid message.

use serde_json::json;
use xmcp::Era;

use crate::support::{BOTH, Client, request, text};

/// The code of an error, and whether it names an id.
fn refusal(line: &str) -> (i64, bool) {
    let message: serde_json::Value = serde_json::from_str(line).unwrap();
    (
        message["error"]["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("no error: {line}")),
        message.get("id").is_some(),
    )
}

#[tokio::test]
async fn every_legal_id_comes_back_byte_for_byte() {
    let mut client = Client::new();
    let ids = [
        r#""\u0041""#,
        "123456789012345678901234567890",
        "0",
        "-7",
        r#""""#,
        r#""caf\u00e9 \"\\ é""#,
        r#""server-discover-probe-1""#,
    ];
    for era in BOTH {
        for id in ids {
            let list = client.ask(request(era, id, "tools/list", json!({}))).await;
            assert!(
                list.starts_with(&format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{"#)),
                "{list}"
            );
            let error = client.ask(request(era, id, "no/such", json!({}))).await;
            let expected = format!(
                r#"{{"jsonrpc":"2.0","id":{id},"error":{{"code":-32601,"message":"method not found: `no/such`"}}}}"#
            );
            assert_eq!(error, expected);
        }
    }
}

#[tokio::test]
async fn a_first_message_may_be_of_either_generation() {
    for (era, method) in [
        (Era::Legacy, "initialize"),
        (Era::Legacy, "ping"),
        (Era::Legacy, "tools/list"),
        (Era::Modern, "server/discover"),
        (Era::Modern, "tools/list"),
    ] {
        let mut client = Client::new();
        let answer = client
            .ask(request(
                era,
                0,
                method,
                json!({ "protocolVersion": "2025-11-25" }),
            ))
            .await;
        assert!(
            answer.starts_with(r#"{"jsonrpc":"2.0","id":0,"result":"#),
            "{method}: {answer}"
        );
        let (rest, ended) = client.finish().await;
        assert_eq!(rest, "");
        ended.unwrap();
    }
}

#[tokio::test]
async fn both_generations_may_share_a_pipe() {
    let mut client = Client::new();
    let legacy: serde_json::Value = serde_json::from_str(
        &client
            .ask(request(Era::Legacy, 1, "tools/list", json!({})))
            .await,
    )
    .unwrap();
    let modern: serde_json::Value = serde_json::from_str(
        &client
            .ask(request(Era::Modern, 2, "tools/list", json!({})))
            .await,
    )
    .unwrap();
    assert_eq!(legacy["result"].get("resultType"), None);
    assert_eq!(modern["result"]["resultType"], "complete");
}

#[tokio::test]
async fn what_is_no_message_is_answered_and_the_next_line_is_read() {
    let deep_list = "[".repeat(100_000);
    let deep_and_closed = format!("{deep_list}{}", "]".repeat(100_000));
    let deep_message =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{deep_and_closed}}}"#);
    let cases: [(&[u8], (i64, bool)); 14] = [
        (b"{", (-32700, false)),
        (b"hello", (-32700, false)),
        (b"\0", (-32700, false)),
        (b"{\"jsonrpc\":\"2.0\",\0\"id\":1}", (-32700, false)),
        (b"\"\xff\xfe\"", (-32700, false)),
        (b"\xef\xbb\xbf{}", (-32700, false)),
        (deep_list.as_bytes(), (-32700, false)),
        (deep_and_closed.as_bytes(), (-32600, false)),
        (b"[]", (-32600, false)),
        (
            br#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#,
            (-32600, false),
        ),
        (
            br#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#,
            (-32600, false),
        ),
        (br#"{"jsonrpc":"2.0","id":1}"#, (-32600, true)),
        (
            br#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":[]}"#,
            (-32602, true),
        ),
        (deep_message.as_bytes(), (-32602, true)),
    ];
    let mut client = Client::new();
    for (line, expected) in cases {
        let answer = client.ask(line).await;
        assert_eq!(refusal(&answer), expected, "{answer}");
    }
    for era in BOTH {
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn deep_arguments_are_no_danger() {
    let mut client = Client::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for era in BOTH {
        let call = request(
            era,
            1,
            "tools/call",
            json!({ "name": "echo", "arguments": "DEEP" }),
        )
        .replace("\"DEEP\"", &deep);
        assert!(client.ask(call).await.contains(r#""isError":true"#));
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn a_line_longer_than_the_limit_is_refused_once_and_skipped() {
    for era in BOTH {
        let mut client = Client::with(|settings| settings.http.body_limit = 1000);
        let long = request(
            era,
            1,
            "tools/call",
            json!({ "name": "echo", "arguments": { "text": "x".repeat(200_000) } }),
        );
        let expected = r#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"the message is longer than 1000 bytes"}}"#;
        assert_eq!(client.ask(&long).await, expected);
        client.sees_nothing_more(era).await;
        // Refused as soon as it is too long, whether or not it ever ends.
        client.write(&long).await;
        assert_eq!(client.line().await.unwrap(), expected);
        client.write("\n").await;
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn the_longest_line_that_fits_is_read() {
    let message = request(
        Era::Legacy,
        1,
        "tools/call",
        json!({ "name": "echo", "arguments": { "text": "exact" } }),
    );
    let mut client = Client::with(|settings| settings.http.body_limit = message.len());
    assert!(client.ask(&message).await.contains("exact"));
}

#[tokio::test]
async fn empty_lines_mean_nothing_and_lines_may_end_as_on_windows() {
    let mut client = Client::new();
    for era in BOTH {
        client.write("\n\r\n   \n\t\r\n").await;
        client
            .write(request(era, 1, "tools/call", json!({ "name": "nothing" })) + "\r\n")
            .await;
        assert_eq!(client.message().await["id"], 1);
    }
}

#[tokio::test]
async fn a_last_line_without_an_end_is_answered() {
    for era in BOTH {
        let mut client = Client::new();
        client
            .write(request(
                era,
                1,
                "tools/call",
                json!({ "name": "echo", "arguments": { "text": "last words" } }),
            ))
            .await;
        let (rest, ended) = client.finish().await;
        ended.unwrap();
        assert_eq!(text(&serde_json::from_str(&rest).unwrap()), "last words");
        assert!(rest.ends_with("}\n"));
    }
}

#[tokio::test]
async fn notifications_and_responses_get_no_answer() {
    let mut client = Client::new();
    for line in [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/no_such","params":{"name":"x"}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[1]}"#,
        r#"{"jsonrpc":"2.0","method":"tools/list","params":{}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":12}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":[]}}"#,
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled"}"#,
        r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}"#,
    ] {
        client.send(line).await;
    }
    for era in BOTH {
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn a_version_that_is_not_spoken_is_named_beside_those_that_are() {
    let mut client = Client::new();
    let unspoken =
        request(Era::Modern, 1, "tools/list", json!({})).replace("2026-07-28", "2031-01-01");
    let answer: serde_json::Value = serde_json::from_str(&client.ask(unspoken).await).unwrap();
    let supported = [
        "2026-07-28",
        "2025-11-25",
        "2025-06-18",
        "2025-03-26",
        "2024-11-05",
    ];
    let expected = json!({
        "code": -32022,
        "message": "unsupported protocol version",
        "data": { "supported": supported, "requested": "2031-01-01" },
    });
    assert_eq!(answer["error"], expected);
}

#[tokio::test]
async fn a_modern_request_says_who_asks() {
    let mut client = Client::new();
    let without = |key: &str| request(Era::Modern, 1, "tools/list", json!({})).replace(key, "x/y");
    assert_eq!(
        refusal(
            &client
                .ask(without("io.modelcontextprotocol/clientCapabilities"))
                .await
        ),
        (-32602, true)
    );
    let discover = request(Era::Legacy, 1, "server/discover", json!({}));
    assert_eq!(refusal(&client.ask(discover).await), (-32602, true));
    let meta = request(Era::Legacy, 1, "tools/list", json!({ "_meta": 7 }));
    assert_eq!(refusal(&client.ask(meta).await), (-32602, true));
}
