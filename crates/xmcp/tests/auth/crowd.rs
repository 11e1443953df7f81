//! Two hundred callers at once: each sees itself and nobody else, however their calls are mixed.

use std::sync::Arc;

use serde_json::json;
use xmcp::Era;

use crate::{
    callers::CROWD,
    fixture::Protected,
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
