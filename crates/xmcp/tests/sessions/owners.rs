//! A session belongs to the caller who made it (2025-11-25 basic/security_best_practices, "Session Hijacking").

use serde_json::json;

use crate::client::{Client, Server, Stream, json, refused};

fn as_user(client: &Client, user: Option<&'static str>) -> Client {
    Client {
        user,
        ..client.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_in_another_callers_hands_is_unknown() {
    let server = Server::new().await;
    let ada = as_user(&server.client(), Some("ada")).connect().await;
    for user in [Some("bob"), None] {
        let thief = as_user(&ada, user);
        let gone = (404, -32001);
        assert_eq!(
            refused(thief.request(1, "tools/list", json!({})).await).await,
            gone
        );
        assert_eq!(refused(thief.call(1, "log", json!({})).await).await, gone);
        assert_eq!(refused(thief.get(None).await).await, gone);
        assert_eq!(refused(thief.get(Some("1-0")).await).await, gone);
        assert_eq!(refused(thief.delete().await).await, gone);
    }
    assert_eq!(
        json(ada.request(1, "tools/list", json!({})).await).await.0,
        200
    );
    assert_eq!(json(ada.delete().await).await.0, 204);
}

#[tokio::test(start_paused = true)]
async fn what_one_caller_waits_for_no_other_can_end_or_answer() {
    let server = Server::new().await;
    let ada = as_user(&server.client(), Some("ada")).connect().await;
    let bob = as_user(&server.client(), Some("bob")).connect().await;
    let call = Stream::of(ada.call(1, "say", json!({})).await);
    server.entered().await;
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    assert_eq!(json(bob.post(cancel).await).await.0, 202);
    let mut question = Stream::of(ada.call(2, "ask", json!({})).await);
    question.next().await.unwrap();
    let id = question.next().await.unwrap().data()["id"].clone();
    let answer = json!({ "jsonrpc": "2.0", "id": id, "result": { "action": "accept", "content": { "name": "Mallory" } } });
    assert_eq!(json(bob.post(answer).await).await.0, 202);
    assert!(question.is_silent().await);
    server.open_door();
    assert_eq!(call.rest().await.last().unwrap().said(), "said");
}
