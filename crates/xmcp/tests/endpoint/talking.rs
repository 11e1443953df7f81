//! Progress and log messages while a handler runs: an event stream, and only for those who asked (2025-11-25
//! basic/utilities/progress and server/utilities/logging; 2026-07-28 basic/transports/streamable-http).

use http_body_util::BodyExt;
use serde_json::{Value, json};
use xmcp::Era;

use crate::support::{Answer, BOTH, Server, in_era};

fn progress(token: Value, progress: u8, message: Option<&str>) -> Value {
    let mut params = json!({ "progressToken": token, "progress": progress, "total": 2 });
    if let Some(message) = message {
        params["message"] = message.into();
    }
    json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params })
}

fn log(level: &str, message: &str) -> Value {
    json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": level, "data": message } })
}

fn response(era: Era) -> Value {
    let result = in_era(
        era,
        json!({ "content": [{ "type": "text", "text": "done" }] }),
    );
    json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}

async fn talk(
    server: &Server,
    era: Era,
    yielding: bool,
    meta: Value,
    headers: &[(&str, &str)],
) -> Answer {
    let params = json!({ "name": "talk", "arguments": { "yielding": yielding }, "_meta": meta });
    Answer::read(server.open(era, "tools/call", params, headers).await).await
}

#[tokio::test]
async fn what_a_handler_says_comes_before_its_answer_in_order() {
    let server = Server::new().await;
    for yielding in [false, true] {
        for token in [json!("t"), json!(7)] {
            let meta = json!({ "progressToken": token });
            let expected = [
                progress(token.clone(), 1, Some("half")),
                log("warning", "look out"),
                progress(token.clone(), 2, None),
                response(Era::Legacy),
            ];
            assert_eq!(
                talk(&server, Era::Legacy, yielding, meta, &[])
                    .await
                    .events(),
                expected
            );

            let meta =
                json!({ "progressToken": token, "io.modelcontextprotocol/logLevel": "debug" });
            let expected = [
                progress(token.clone(), 1, Some("half")),
                log("debug", "detail"),
                log("warning", "look out"),
                progress(token, 2, None),
                response(Era::Modern),
            ];
            assert_eq!(
                talk(&server, Era::Modern, yielding, meta, &[])
                    .await
                    .events(),
                expected
            );
        }
    }
}

#[tokio::test]
async fn a_progress_token_too_long_to_repeat_with_every_report_asks_for_none() {
    let server = Server::new().await;
    for (length, reports) in [(1024, 2), (1025, 0)] {
        let meta = json!({ "progressToken": "t".repeat(length) });
        let events = talk(&server, Era::Legacy, false, meta, &[]).await.events();
        let told = events
            .iter()
            .filter(|event| event["method"] == "notifications/progress");
        assert_eq!(told.count(), reports, "{length}");
    }
}

#[tokio::test]
async fn a_stream_says_what_it_is() {
    let server = Server::new().await;
    for era in BOTH {
        let answer = talk(&server, era, false, json!({ "progressToken": 1 }), &[]).await;
        let headers =
            ["content-type", "cache-control", "x-accel-buffering"].map(|name| answer.header(name));
        assert_eq!(
            headers,
            [Some("text/event-stream"), Some("no-cache"), Some("no")]
        );
    }
}

#[tokio::test]
async fn progress_is_told_only_to_those_who_asked() {
    let server = Server::new().await;
    let expected = [log("warning", "look out"), response(Era::Legacy)];
    assert_eq!(
        talk(&server, Era::Legacy, true, json!({}), &[])
            .await
            .events(),
        expected
    );
    let answer = talk(&server, Era::Modern, true, json!({}), &[]).await;
    assert_eq!(
        (answer.header("content-type"), answer.json()),
        (Some("application/json"), response(Era::Modern))
    );
}

#[tokio::test]
async fn a_modern_client_gets_the_levels_that_it_names() {
    let server = Server::new().await;
    let meta = |level: &str| json!({ "io.modelcontextprotocol/logLevel": level });
    let expected = [log("warning", "look out"), response(Era::Modern)];
    assert_eq!(
        talk(&server, Era::Modern, true, meta("warning"), &[])
            .await
            .events(),
        expected
    );
    for level in ["error", "no-such-level"] {
        assert_eq!(
            talk(&server, Era::Modern, true, meta(level), &[])
                .await
                .json(),
            response(Era::Modern),
            "{level}"
        );
    }
}

#[tokio::test]
async fn a_client_that_takes_no_stream_gets_the_answer_alone() {
    let server = Server::new().await;
    for era in BOTH {
        let meta = json!({ "progressToken": 1, "io.modelcontextprotocol/logLevel": "debug" });
        for accept in [
            "application/json",
            "application/json, text/event-stream;q=0",
        ] {
            let answer = talk(&server, era, true, meta.clone(), &[("accept", accept)]).await;
            assert_eq!(
                (answer.header("content-type"), answer.json()),
                (Some("application/json"), response(era)),
                "{accept}"
            );
        }
    }
}

#[tokio::test]
async fn a_handler_that_says_nothing_is_answered_in_json() {
    let server = Server::new().await;
    for era in BOTH {
        let params = json!({ "name": "about", "_meta": { "progressToken": 1 } });
        let answer = server.request(era, "tools/call", params).await;
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[tokio::test]
async fn each_message_goes_out_when_it_is_said() {
    let server = Server::new().await;
    for era in BOTH {
        let params = json!({ "name": "talk", "arguments": { "yielding": true }, "_meta": { "progressToken": 1 } });
        let mut body = server
            .open(era, "tools/call", params, &[])
            .await
            .into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let expected = format!(
            "event: message\ndata: {}\n\n",
            progress(json!(1), 1, Some("half"))
        );
        assert_eq!(
            String::from_utf8_lossy(&first),
            expected,
            "one event, before the handler has said the rest"
        );
    }
}

/// 2025-11-25 basic/transports, "Multiple Connections"; 2026-07-28 basic/transports/streamable-http: a stream carries what its own
/// request is about, and no message goes out twice. The two requests even have the same id.
#[tokio::test]
async fn two_calls_at_a_time_speak_each_on_their_own_stream() {
    let server = Server::new().await;
    for era in BOTH {
        let open = async |token: &str| {
            let meta =
                json!({ "progressToken": token, "io.modelcontextprotocol/logLevel": "warning" });
            let params =
                json!({ "name": "talk", "arguments": { "yielding": true }, "_meta": meta });
            server.open(era, "tools/call", params, &[]).await
        };
        let (a, b) = tokio::join!(open("a"), open("b"));
        let (a, b) = tokio::join!(Answer::read(a), Answer::read(b));
        for (token, answer) in [("a", a), ("b", b)] {
            let expected = [
                progress(json!(token), 1, Some("half")),
                log("warning", "look out"),
                progress(json!(token), 2, None),
                response(era),
            ];
            assert_eq!(answer.events(), expected, "{era:?}");
        }
    }
}
