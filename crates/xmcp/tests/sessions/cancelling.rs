//! `notifications/cancelled` (2025-11-25 basic/utilities/cancellation).

use http::Method;
use serde_json::{Value, json};

use crate::client::{Client, Server, Stream, json};

async fn cancel(client: &Client, id: Value) {
    let params = json!({ "requestId": id, "reason": "changed my mind" });
    let message =
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
    assert_eq!(json(client.post(message).await).await.0, 202);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_ends_and_has_no_answer() {
    let server = Server::new().await;
    let client = server.connect().await;
    let stream = Stream::of(client.call(7, "say", json!({ "says": 1 })).await);
    server.entered().await;
    cancel(&client, json!(7)).await;
    server.dropped().await;
    let events = stream.rest().await;
    assert!(
        events.iter().all(|event| event.data()["id"].is_null()),
        "{events:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_request_whose_client_takes_no_stream_has_an_empty_answer() {
    let server = Server::new().await;
    let client = server.connect().await;
    let call =
        json!({ "jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": { "name": "say" } });
    let headers = [("accept", "application/json")];
    let (answer, ()) = tokio::join!(
        client.send(Method::POST, &headers, call.to_string()),
        async {
            server.entered().await;
            cancel(&client, json!("a")).await;
        }
    );
    assert_eq!(json(answer).await, (202, Value::Null));
}

#[tokio::test(start_paused = true)]
async fn cancelling_what_is_unknown_or_finished_changes_nothing() {
    let server = Server::new().await;
    let client = server.connect().await;
    server.open_door();
    Stream::of(client.call(1, "say", json!({})).await)
        .rest()
        .await;
    server.entered().await;
    let running = Stream::of(client.call(2, "say", json!({})).await);
    server.entered().await;
    for id in [
        json!(1),
        json!(99),
        json!("2"),
        json!(null),
        json!({}),
        json!(2.5),
    ] {
        cancel(&client, id).await;
    }
    server.open_door();
    assert_eq!(running.rest().await.last().unwrap().said(), "said");
}

#[tokio::test(start_paused = true)]
async fn only_requests_of_the_same_session_are_cancelled() {
    let server = Server::new().await;
    let (client, other) = (server.connect().await, server.connect().await);
    let running = Stream::of(client.call(1, "say", json!({})).await);
    server.entered().await;
    cancel(&other, json!(1)).await;
    server.open_door();
    assert_eq!(running.rest().await.last().unwrap().said(), "said");
}
