//! What handlers tell the client while they work (2025-11-25 basic/utilities/progress and server/utilities/logging, "Log Levels").

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use xmcp::Era;

use crate::support::{BOTH, Client, call, request};

fn message(level: &str, text: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": level, "data": text } })
}

#[tokio::test]
async fn progress_and_logs_come_before_the_answer_in_the_order_they_were_said() {
    for (era, level) in [
        (Era::Legacy, json!({})),
        (
            Era::Modern,
            json!({ "io.modelcontextprotocol/logLevel": "info" }),
        ),
    ] {
        for token in [json!("progress-1"), json!(0)] {
            let mut client = Client::new();
            let mut meta = level.clone();
            meta["progressToken"] = token.clone();
            client
                .send(request(
                    era,
                    1,
                    "tools/call",
                    json!({ "name": "talk", "_meta": meta }),
                ))
                .await;
            let progress =
                json!({ "progressToken": token, "progress": 1, "total": 2, "message": "half way" });
            let expected =
                json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": progress });
            assert_eq!(client.message().await, expected);
            assert_eq!(client.message().await, message("warning", "a warning"));
            assert_eq!(client.message().await["id"], 1);
            client.sees_nothing_more(era).await;
        }
    }
}

#[tokio::test]
async fn a_modern_request_that_names_no_level_gets_no_logs() {
    let mut client = Client::new();
    client.call(Era::Modern, 1, "talk").await;
    assert_eq!(client.message().await["id"], 1);
}

#[tokio::test]
async fn a_level_that_was_set_holds_for_the_legacy_requests_after_it() {
    let mut client = Client::new();
    for (level, expected) in [
        ("error", vec![]),
        (
            "debug",
            vec![
                message("debug", "a detail"),
                message("warning", "a warning"),
            ],
        ),
        ("notice", vec![message("warning", "a warning")]),
    ] {
        let answer = client
            .ask(request(
                Era::Legacy,
                1,
                "logging/setLevel",
                json!({ "level": level }),
            ))
            .await;
        assert_eq!(answer, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#);
        client.call(Era::Legacy, 2, "talk").await;
        for expected in expected {
            assert_eq!(client.message().await, expected);
        }
        assert_eq!(client.message().await["id"], 2);
        // It is a legacy matter.
        client.call(Era::Modern, 3, "talk").await;
        assert_eq!(client.message().await["id"], 3);
    }
    let refused = client
        .ask(request(
            Era::Legacy,
            1,
            "logging/setLevel",
            json!({ "level": "loud" }),
        ))
        .await;
    assert!(refused.contains("-32602"), "{refused}");
    client.call(Era::Legacy, 2, "talk").await;
    assert_eq!(client.message().await, message("warning", "a warning"));
}

/// 2025-11-25 and 2026-07-28 basic/utilities/progress, "Behavior Requirements": progress ends with the request.
#[tokio::test]
async fn nothing_is_said_after_the_answer() {
    for era in BOTH {
        let mut client = Client::new();
        client
            .send(request(
                era,
                1,
                "tools/call",
                json!({
                    "name": "haunt",
                    "_meta": { "io.modelcontextprotocol/logLevel": "debug", "progressToken": 1 },
                }),
            ))
            .await;
        assert_eq!(client.message().await["id"], 1);
        client.stage.door.add_permits(1);
        // It has spoken, and the end of its request has been told to it.
        client.sees(|stage| &stage.left).await;
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn a_handler_waits_for_a_client_that_reads_slowly() {
    let mut client = Client::on_pipe(256, |_| {});
    client.send(call(Era::Legacy, 1, "flood")).await;
    for read in 1..=500 {
        let expected = message("error", &format!("message {}", read - 1));
        assert_eq!(client.message().await, expected);
        // A queue of sixteen, the pipe, the reader's buffer, and what is in the writer's hand.
        let ahead = client
            .stage
            .sent
            .load(Ordering::SeqCst)
            .saturating_sub(read);
        assert!(
            ahead <= 40,
            "{ahead} messages wait for a client that does not read"
        );
    }
    assert_eq!(client.message().await["id"], 1);
}
