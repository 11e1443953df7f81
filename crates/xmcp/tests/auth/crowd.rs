//! Two hundred callers at once: each sees itself and nobody else, however their calls are mixed.

use std::sync::Arc;

use serde_json::json;
use xmcp::Era;

use crate::{
    callers::CROWD,
    fixture::Protected,
    http2::{self, Http2},
    live::{Live, Request},
    support::{Answer, BOTH},
};

/// Every way to be called; all calls have the same JSON-RPC id.
const TOOLS: [&str; 6] = [
    "meeting",
    "waiting_who",
    "sync_who",
    "blocking_who",
    "spawned_who",
    "waiting_who",
];

#[tokio::test]
async fn two_hundred_callers_on_one_thread_each_see_only_themselves() {
    each_sees_only_itself().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_callers_on_several_threads_each_see_only_themselves() {
    each_sees_only_itself().await;
}

/// What connections share is where answers could get to others: one connection, one hundred callers, the same id for all.
#[tokio::test]
async fn a_hundred_callers_on_one_connection_each_see_only_themselves() {
    let live = Arc::new(Live::start().await);
    let connection = Http2::connect(&live).await;
    let callers: Vec<_> = (0..100)
        .map(|number| {
            let user = format!("usr_{number}");
            let token = live.changed(json!({ "sub": user }));
            let sender = connection.sender.clone();
            tokio::spawn(async move {
                for step in 0..10 {
                    // Everything but the one for which all two hundred have to meet.
                    let tool = TOOLS[1 + (step + number) % (TOOLS.len() - 1)];
                    let era = BOTH[step % 2];
                    // Now and then somebody without a good token, who must learn nothing of the others.
                    let is_bad = (step + number) % 7 == 0;
                    let token = if is_bad { "a.b.c" } else { &token };
                    let request = Request::call(era, tool).bearer(token);
                    let (status, message) =
                        http2::send(sender.clone(), &request, "localhost").await;
                    if is_bad {
                        assert_eq!((status, &message["error"]), (401, &json!("invalid_token")));
                        continue;
                    }
                    assert_eq!(
                        message["result"]["content"][0]["text"],
                        expected(tool, &user),
                        "{tool}"
                    );
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
}

async fn each_sees_only_itself() {
    let protected = Arc::new(Protected::start().await);
    let callers: Vec<_> = (0..CROWD)
        .map(|number| {
            let user = format!("usr_{number}");
            let token = protected.bearer(json!({ "sub": user }));
            tokio::spawn(calls(Arc::clone(&protected), user, token, number))
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
}

async fn calls(protected: Arc<Protected>, user: String, token: String, number: usize) {
    for era in BOTH {
        // All have to meet; after that everybody has an order of their own.
        for step in 0..TOOLS.len() {
            let tool = match step {
                0 => TOOLS[0],
                step => TOOLS[1 + (step + number) % (TOOLS.len() - 1)],
            };
            let answer = protected.call(era, tool, Some(&token)).await;
            assert_eq!(text(&answer, era), expected(tool, &user), "{tool}");
        }
    }
}

fn text(answer: &Answer, era: Era) -> String {
    let result = answer.result();
    assert_eq!(result.get("isError"), None, "{era:?}: {result}");
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

fn expected(tool: &str, user: &str) -> String {
    if tool == "spawned_who" {
        let nobody = "[xmcp] no session: is the request authenticated?";
        return format!("{nobody}\n{nobody}");
    }
    format!("{user} {user}")
}
