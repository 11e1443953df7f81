//! Every caller is only ever itself, however many call at once under the same ids (CVE-2026-25536 is what happens otherwise).

use axum::{Router, body::Body};
use http::{HeaderValue, Method, Request};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tower::ServiceExt;
use xmcp::Session;

use crate::support::{ACCEPT, Answer, Server};
use crate::tools;

const CALLERS: usize = 200;
const CALLS: usize = 10;

/// A call by a user, as it is when auth has let it pass.
async fn call(router: &Router, user: &str, tool: &str) -> Answer {
    let params = json!({ "name": tool, "_meta": { "progressToken": user } });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut request = Request::new(Body::from(message.to_string()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = "/mcp".parse().unwrap();
    for (name, value) in [
        ("host", "localhost"),
        ("content-type", "application/json"),
        ("accept", ACCEPT),
    ] {
        request
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    let session = Session::for_test(user).build();
    request.extensions_mut().insert(session);
    let Ok(response) = router.clone().oneshot(request).await;
    Answer::read(response).await
}

/// The users that an answer names, one for each time.
fn named(answer: &Answer) -> Vec<String> {
    let messages = match answer.header("content-type") {
        Some("application/json") => vec![answer.json()],
        _ => answer.events(),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    messages
        .iter()
        .flat_map(|message| {
            [
                text(&message["params"]["message"]),
                text(&message["params"]["progressToken"]),
                text(&message["result"]["content"][0]["text"]),
            ]
        })
        .flatten()
        .collect()
}

async fn everybody_is_themselves() {
    let router = Server::with(tools::CALLERS, |_| {}).await.router;
    let mut callers = JoinSet::new();
    for caller in 0..CALLERS {
        let router = router.clone();
        callers.spawn(async move {
            let user = format!("usr_{caller}");
            for number in 0..CALLS {
                let tool = ["who_later", "who_blocking"][(caller + number) % 2];
                let answer = call(&router, &user, tool).await;
                let named = named(&answer);
                assert!(!named.is_empty(), "{}", answer.text());
                assert!(
                    named.iter().all(|named| *named == user),
                    "{user}: {}",
                    answer.text()
                );
            }
        });
    }
    while let Some(ended) = callers.join_next().await {
        ended.unwrap();
    }
    let nobody = Server::with(tools::CALLERS, |_| {}).await;
    let answer = nobody.call(xmcp::Era::Legacy, "who_later", json!({})).await;
    assert!(!answer.text().contains("usr_"), "{}", answer.text());
}

#[tokio::test]
async fn two_hundred_callers_are_themselves_on_one_thread() {
    everybody_is_themselves().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_callers_are_themselves_on_many_threads() {
    everybody_is_themselves().await;
}
