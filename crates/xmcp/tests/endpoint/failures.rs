//! How a call fails: what the model reads, what the client gets, and what neither ever sees.

use std::time::Instant;

use serde_json::{Value, json};
use xmcp::{Era, Session};

use crate::support::{Answer, BOTH, Server, in_era};
use crate::tools;

fn failure(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": text }], "isError": true })
}

/// A call that is known as `req-7`.
async fn call(server: &Server, era: Era, tool: &str, arguments: Value) -> Answer {
    let params = json!({ "name": tool, "arguments": arguments });
    Answer::read(
        server
            .open(era, "tools/call", params, &[("x-request-id", "req-7")])
            .await,
    )
    .await
}

#[tokio::test]
async fn a_panic_answers_with_the_request_id_and_without_its_text() {
    let server = Server::new().await;
    for era in BOTH {
        for tool in [
            "panic_sync",
            "panic_at_once",
            "panic_later",
            "panic_blocking",
        ] {
            let begin = Instant::now();
            let answer = call(&server, era, tool, json!({})).await;
            let seconds = begin.elapsed().as_secs_f64();
            assert!(seconds < 1.0, "{tool} took {seconds} s");
            assert_eq!(
                answer.result(),
                in_era(era, failure("internal error (request id req-7)")),
                "{tool}"
            );
        }
        assert_eq!(
            call(&server, era, "hello", json!({})).await.status,
            200,
            "the server goes on"
        );
    }
}

#[tokio::test]
async fn a_failure_is_told_to_the_model() {
    let server = Server::new().await;
    for era in BOTH {
        let answer = call(&server, era, "fail", json!({ "how": "message" })).await;
        assert_eq!(
            answer.result(),
            in_era(era, failure("there is no such file"))
        );
        let answer = call(&server, era, "fail", json!({ "how": "error" })).await;
        assert_eq!(
            answer.result(),
            in_era(era, failure("number too large to fit in target type"))
        );
    }
}

#[tokio::test]
async fn an_internal_failure_shows_the_request_id_only() {
    let server = Server::new().await;
    for era in BOTH {
        let answer = call(&server, era, "fail", json!({ "how": "internal" })).await;
        assert_eq!(
            answer.result(),
            in_era(era, failure("internal error (request id req-7)"))
        );
    }
}

#[tokio::test]
async fn an_error_of_the_protocol_is_answered_as_one() {
    let server = Server::new().await;
    for era in BOTH {
        let answer = call(&server, era, "fail", json!({ "how": "rpc" })).await;
        let error =
            json!({ "code": -32602, "message": "no such project", "data": { "project": 7 } });
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (200, json!({ "jsonrpc": "2.0", "id": 1, "error": error }))
        );
        let answer = call(&server, era, "fail", json!({ "how": "illegal_rpc" })).await;
        assert_eq!(
            answer.error(),
            (200, -32603, "internal error (request id req-7)".to_owned())
        );
    }
}

#[tokio::test]
async fn a_caller_without_the_scopes_is_refused_before_the_handler() {
    let both = ["todo:write", "todo:read"];
    for era in BOTH {
        let sessions: [&[&str]; 3] = [&["todo:read"], &[], &["todo:writeX", "todo:read"]];
        let sessions = sessions.map(|scopes| {
            Some(
                Session::for_test("usr_1")
                    .scopes(scopes.iter().copied())
                    .build(),
            )
        });
        for session in sessions.into_iter().chain([None]) {
            let server = Server::of(tools::GUARDED, |_| {}, None, session).await;
            let answer = server.call(era, "write", json!({})).await;
            let data = json!({ "required_scopes": ["todo:read", "todo:write"] });
            let error = json!({ "code": -32600, "message": "insufficient scope", "data": data });
            assert_eq!(
                (answer.status.as_u16(), answer.json()),
                (403, json!({ "jsonrpc": "2.0", "id": 1, "error": error }))
            );
        }
        let session = Session::for_test("usr_1").scopes(both).build();
        let server = Server::of(tools::GUARDED, |_| {}, None, Some(session)).await;
        let expected = json!({ "content": [{ "type": "text", "text": "written" }] });
        assert_eq!(
            server.result(era, "write", json!({})).await,
            in_era(era, expected)
        );
    }
}

#[tokio::test]
async fn a_session_reaches_the_handlers_that_ask_for_it() {
    let ada = Session::for_test("usr_ada").build();
    for era in BOTH {
        let text = |text: &str| {
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": text }] }),
            )
        };
        let server = Server::of(tools::GUARDED, |_| {}, None, Some(ada.clone())).await;
        assert_eq!(server.result(era, "who", json!({})).await, text("usr_ada"));
        assert_eq!(
            server.result(era, "maybe_who", json!({})).await,
            text("usr_ada")
        );
        let server = Server::with(tools::GUARDED, |_| {}).await;
        assert_eq!(
            server.result(era, "maybe_who", json!({})).await,
            text("nobody")
        );
        let refused = server.result(era, "who", json!({})).await;
        assert_eq!(
            refused,
            in_era(
                era,
                failure("not signed in: this tool needs a verified caller")
            )
        );
    }
}
