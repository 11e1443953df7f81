//! Calls at work: side by side, cancelled (2025-11-25 and 2026-07-28 basic/utilities/cancellation), limited, and failing.

use serde_json::{Value, json};
use xmcp::Era;

use crate::support::{BOTH, Client, call, cancelled, request, text};

#[tokio::test]
async fn a_fast_call_overtakes_a_slow_one() {
    for era in BOTH {
        let mut client = Client::new();
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        client.sees_nothing_more(era).await;
        client.stage.door.add_permits(1);
        let answer = client.message().await;
        assert_eq!((&answer["id"], text(&answer)), (&json!(1), "waited"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_handler_that_blocks_its_thread_does_not_stop_the_reading() {
    for era in BOTH {
        let mut client = Client::new();
        client.call(era, 1, "block").await;
        client.sees(|stage| &stage.entered).await;
        for _ in 0..20 {
            client.sees_nothing_more(era).await;
        }
        client.stage.release();
        assert_eq!(text(&client.message().await), "blocked");
    }
}

#[tokio::test]
async fn a_cancelled_call_is_dropped_and_gets_no_answer() {
    for era in BOTH {
        let mut client = Client::new();
        client
            .send(request(
                era,
                r#""\u0041""#,
                "tools/call",
                json!({ "name": "wait" }),
            ))
            .await;
        client.call(era, 2, "wait").await;
        client.sees(|stage| &stage.entered).await;
        client.sees(|stage| &stage.entered).await;
        client.send(cancelled(r#""A""#)).await;
        client.sees(|stage| &stage.left).await;
        client.sees_nothing_more(era).await;
        client.stage.door.add_permits(1);
        assert_eq!(client.message().await["id"], 2);
        let (rest, ended) = client.finish().await;
        assert_eq!(rest, "");
        ended.unwrap();
    }
}

#[tokio::test]
async fn a_cancel_reaches_the_id_it_names_and_no_other() {
    for era in BOTH {
        let mut client = Client::new();
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        for id in ["2", r#""1""#, "10", "null", "1.0"] {
            client.send(cancelled(id)).await;
        }
        client.sees_nothing_more(era).await;
        client.stage.door.add_permits(1);
        assert_eq!(client.message().await["id"], 1);
        // Too late.
        client.send(cancelled("1")).await;
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn calls_beyond_the_limit_wait_for_their_turn() {
    for era in BOTH {
        let mut client = Client::with(|settings| settings.http.limits.in_flight = 2);
        for id in 1..=4 {
            client.call(era, id, "wait").await;
        }
        client.sees(|stage| &stage.entered).await;
        client.sees(|stage| &stage.entered).await;
        for waiting in [3, 4] {
            assert_eq!(
                client.stage.entered.available_permits(),
                0,
                "call {waiting} has no place yet"
            );
            client.stage.door.add_permits(1);
            client.message().await;
            client.sees(|stage| &stage.entered).await;
        }
        client.stage.door.add_permits(2);
        client.message().await;
        client.message().await;
    }
}

#[tokio::test]
async fn a_cancel_reaches_calls_that_run_and_calls_that_wait_when_the_server_is_full() {
    for era in BOTH {
        let mut client = Client::with(|settings| settings.http.limits.in_flight = 1);
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        client.call(era, 2, "wait").await;
        client.call(era, 3, "nothing").await;
        client.send(cancelled("2")).await;
        client.send(cancelled("1")).await;
        client.sees(|stage| &stage.left).await;
        assert_eq!(client.message().await["id"], 3);
        client.sees_nothing_more(era).await;
        assert_eq!(
            client.stage.entered.available_permits(),
            0,
            "the second call never ran"
        );
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_pipe_goes_on() {
    for era in BOTH {
        let mut client = Client::new();
        for tool in ["panic_at_once", "panic_later"] {
            let answer: Value =
                serde_json::from_str(&client.ask(call(era, 1, tool)).await).unwrap();
            assert_eq!(answer["result"]["isError"], true);
            let message = text(&answer);
            assert!(
                message.starts_with("internal error (request id ") && message.len() > 40,
                "{message}"
            );
        }
        client.sees_nothing_more(era).await;
    }
}

#[tokio::test]
async fn a_tool_that_needs_a_session_says_that_there_is_none() {
    for era in BOTH {
        let mut client = Client::new();
        let answer: Value =
            serde_json::from_str(&client.ask(call(era, 1, "session")).await).unwrap();
        assert_eq!(answer["result"]["isError"], true);
        let expected = "no session on stdio: this tool needs a verified caller, and only over HTTP callers are verified";
        assert_eq!(text(&answer), expected);
        let answer: Value =
            serde_json::from_str(&client.ask(call(era, 2, "scoped")).await).unwrap();
        let expected = json!({ "code": -32600, "message": "insufficient scope", "data": { "required_scopes": ["secrets:read"] } });
        assert_eq!(answer["error"], expected);
    }
}

#[tokio::test]
async fn a_list_that_depends_on_the_caller_has_what_needs_no_scope() {
    let mut client = Client::with(|settings| settings.server.hide_unauthorized = true);
    for era in BOTH {
        let answer: Value =
            serde_json::from_str(&client.ask(request(era, 1, "tools/list", json!({}))).await)
                .unwrap();
        let tools = answer["result"]["tools"].as_array().unwrap();
        let has = |name| tools.iter().any(|tool| tool["name"] == name);
        assert!(has("echo") && !has("scoped"), "{answer}");
    }
}

#[tokio::test]
async fn the_client_of_initialize_is_remembered_for_its_own_generation() {
    let mut client = Client::new();
    let asks = |era| call(era, 7, "client");
    let said = |line: String| text(&serde_json::from_str(&line).unwrap()).to_owned();
    assert_eq!(
        said(client.ask(asks(Era::Legacy)).await),
        "nobody Legacy Stdio headers=0"
    );
    let info = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "old-client", "version": "1" } });
    // Not awaited: what a line says holds for the lines after it.
    client
        .send(request(Era::Legacy, 0, "initialize", info))
        .await;
    client.send(asks(Era::Legacy)).await;
    let answers = [client.message().await, client.message().await];
    let call = answers.iter().find(|answer| answer["id"] == 7).unwrap();
    assert_eq!(text(call), "old-client Legacy Stdio headers=0");
    assert_eq!(
        said(client.ask(asks(Era::Modern)).await),
        "modern-client Modern Stdio headers=0"
    );
}
