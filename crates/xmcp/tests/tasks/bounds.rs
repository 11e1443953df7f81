//! Whose a task is, how many there are, and how long.

use std::time::Duration;

use serde_json::json;
use tokio::time::advance;
use xmcp::Session;

use crate::client::{Client, signalled};

#[tokio::test]
async fn a_task_belongs_to_the_caller_that_made_it() {
    let mut client = Client::new().await;
    let session = |user: &str, issuer: &str| Session::for_test(user).issuer(issuer).build();
    client.caller = Some(session("ada", "https://one.example"));
    let id = client.begin("wait").await;
    for other in [
        None,
        Some(session("bob", "https://one.example")),
        Some(session("ada", "https://two.example")),
    ] {
        let mut stranger = client.another();
        stranger.caller = other;
        let params = json!({ "taskId": id, "inputResponses": {} });
        for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
            let (status, code, _) = stranger.refusal(method, params.clone()).await;
            assert_eq!((status, code), (200, -32602), "{method}");
        }
    }
    assert_eq!(client.get(&id).await["status"], "working");
}

#[tokio::test]
async fn more_tasks_than_may_be_are_refused_or_run_as_calls() {
    let mut client = Client::with(|settings| {
        settings.tasks.limit = 3;
        settings.tasks.limit_per_caller = 2;
    })
    .await;
    client.caller = Some(Session::for_test("ada").build());
    client.begin("wait_for_ever").await;
    client.begin("wait_for_ever").await;
    let params = json!({ "name": "wait_for_ever" });
    assert_eq!(client.refusal("tools/call", params.clone()).await.1, -32603);
    client.signals.release.notify_one();
    assert_eq!(client.call("wait").await["content"][0]["text"], "done");
    let other = client.another();
    other.begin("wait_for_ever").await;
    assert_eq!(other.refusal("tools/call", params).await.1, -32603);
}

#[tokio::test(start_paused = true)]
async fn a_task_ends_and_is_forgotten_when_its_time_is_over() {
    let client = Client::with(|settings| settings.tasks.ttl = Duration::from_secs(10)).await;
    let id = client.begin("wait").await;
    let done = client.begin("fail").await;
    client.until(&done, "completed").await;
    advance(Duration::from_secs(9)).await;
    assert_eq!(client.get(&id).await["status"], "working");
    advance(Duration::from_secs(1)).await;
    signalled(&client.signals.over).await;
    for id in [id, done] {
        assert_eq!(
            client.refusal("tasks/get", json!({ "taskId": id })).await.1,
            -32602
        );
    }
}
