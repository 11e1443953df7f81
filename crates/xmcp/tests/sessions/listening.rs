//! `subscriptions/listen` (2026-07-28 basic/patterns/subscriptions; schema, `SubscriptionsListenRequest`).

use std::time::{Duration, SystemTime};

use axum::body::Body;
use http::{Method, Response};
use serde_json::{Value, json};

use crate::{
    client::{Client, Server, Stream, json, refused},
    tools,
};

const ID: &str = "io.modelcontextprotocol/subscriptionId";

pub async fn modern(server: &Server) -> Client {
    let mut client = server.client();
    client.version = "2026-07-28";
    client
}

pub async fn send(
    client: &Client,
    id: Value,
    method: &str,
    mut params: Value,
    accept: &str,
) -> Response<Body> {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    let headers = [
        ("accept", accept),
        ("mcp-method", method),
        ("mcp-name", &name),
    ];
    let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
    let headers = if name.is_empty() {
        &headers[..2]
    } else {
        &headers
    };
    client
        .send(Method::POST, headers, message.to_string())
        .await
}

pub const BOTH: &str = "application/json, text/event-stream";

pub async fn listen(client: &Client, id: Value, filter: Value) -> Response<Body> {
    send(
        client,
        id,
        "subscriptions/listen",
        json!({ "notifications": filter }),
        BOTH,
    )
    .await
}

async fn change(client: &Client, what: &[&str]) {
    let params = json!({ "name": "change", "arguments": { "what": what } });
    let (status, answer) = json(send(client, json!(1), "tools/call", params, BOTH).await).await;
    assert_eq!((status, &answer["result"]["isError"]), (200, &Value::Null));
}

/// What a stream says before it falls silent, each with the id of its subscription.
async fn told(stream: &mut Stream, id: &Value) -> Vec<(String, Value)> {
    let mut told = Vec::new();
    while let Some(event) = stream.next_soon().await {
        let mut message = event.data().clone();
        let meta = message["params"]
            .as_object_mut()
            .unwrap()
            .remove("_meta")
            .unwrap();
        assert_eq!(meta[ID], *id);
        let method = message["method"]
            .as_str()
            .unwrap()
            .trim_start_matches("notifications/");
        told.push((method.to_owned(), message["params"].take()));
    }
    told
}

fn acknowledged(filter: Value) -> (String, Value) {
    (
        "subscriptions/acknowledged".to_owned(),
        json!({ "notifications": filter }),
    )
}

fn changed(list: &str) -> (String, Value) {
    (format!("{list}/list_changed"), json!({}))
}

#[tokio::test(start_paused = true)]
async fn a_stream_acknowledges_first_and_tells_only_of_the_kinds_asked_for() {
    let server = Server::of(tools::with_resources(false), |_| {}).await;
    let client = modern(&server).await;
    let (number, text) = (json!(7), json!("listen:0"));
    let mut tools =
        Stream::of(listen(&client, number.clone(), json!({ "toolsListChanged": true })).await);
    let filter = json!({ "resourcesListChanged": true, "resourceSubscriptions": ["notes://1"] });
    let mut notes = Stream::of(listen(&client, text.clone(), filter.clone()).await);
    assert_eq!(
        told(&mut tools, &number).await,
        [acknowledged(json!({ "toolsListChanged": true }))]
    );
    assert_eq!(told(&mut notes, &text).await, [acknowledged(filter)]);
    change(
        &client,
        &["prompts", "resources", "notes://1", "notes://2", "tools"],
    )
    .await;
    assert_eq!(told(&mut tools, &number).await, [changed("tools")]);
    let updated = (
        "resources/updated".to_owned(),
        json!({ "uri": "notes://1" }),
    );
    assert_eq!(
        told(&mut notes, &text).await,
        [changed("resources"), updated]
    );
}

#[tokio::test(start_paused = true)]
async fn what_this_server_has_not_got_is_left_out_of_the_acknowledgement() {
    let server = Server::new().await;
    let client = modern(&server).await;
    let all = json!({
        "toolsListChanged": true,
        "promptsListChanged": true,
        "resourcesListChanged": true,
        "resourceSubscriptions": ["notes://1"],
    });
    let mut stream = Stream::of(listen(&client, json!(1), all).await);
    assert_eq!(
        told(&mut stream, &json!(1)).await,
        [acknowledged(json!({ "toolsListChanged": true }))]
    );
    change(&client, &["prompts", "notes://1"]).await;
    assert_eq!(told(&mut stream, &json!(1)).await, []);
}

#[tokio::test(start_paused = true)]
async fn a_caller_is_not_told_of_what_it_may_not_read() {
    let server = Server::of(tools::with_resources(true), |_| {}).await;
    let mut client = modern(&server).await;
    client.user = Some("ada");
    let filter = json!({ "resourceSubscriptions": ["notes://secret", "notes://1"] });
    let mut stream = Stream::of(listen(&client, json!(1), filter).await);
    let allowed = json!({ "resourceSubscriptions": ["notes://1"] });
    assert_eq!(told(&mut stream, &json!(1)).await, [acknowledged(allowed)]);
    change(&client, &["notes://secret"]).await;
    assert_eq!(told(&mut stream, &json!(1)).await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_filter_and_who_takes_no_stream_is_refused() {
    let server = Server::new().await;
    let client = modern(&server).await;
    for wrong in [json!([]), json!({ "toolsListChanged": "yes" }), Value::Null] {
        assert_eq!(
            refused(listen(&client, json!(1), wrong).await).await,
            (200, -32602)
        );
    }
    let params = json!({ "notifications": {} });
    let response = send(
        &client,
        json!(1),
        "subscriptions/listen",
        params,
        "application/json",
    )
    .await;
    assert_eq!(refused(response).await, (406, -32600));
    let stateless = server.client();
    let legacy = stateless.request(1, "subscriptions/listen", json!({ "notifications": {} }));
    assert_eq!(refused(legacy.await).await, (200, -32601));
}

#[tokio::test(start_paused = true)]
async fn a_subscription_ends_with_its_connection_and_leaves_room_for_another() {
    let server = Server::with(|settings| settings.http.limits.subscriptions = 1).await;
    let client = modern(&server).await;
    let first = Stream::of(listen(&client, json!(1), json!({})).await);
    let refusal = listen(&client, json!(2), json!({})).await;
    assert!(refusal.headers().contains_key("retry-after"));
    assert_eq!(json(refusal).await.0, 503);
    drop(first);
    Stream::of(listen(&client, json!(3), json!({})).await);
}

/// A token lets its caller in for as long as it is good, and a stream is one request.
#[tokio::test(start_paused = true)]
async fn who_listens_is_let_go_when_the_token_expires() {
    let server = Server::new().await;
    let mut client = modern(&server).await;
    client.user = Some("ada");
    client.expires_at = SystemTime::now() + Duration::from_secs(5);
    let listening = Stream::of(listen(&client, json!(1), json!({})).await);
    let mut session = server.client();
    (session.user, session.expires_at) = (client.user, client.expires_at);
    let session = session.connect().await;
    let own = Stream::of(session.get(None).await);
    assert_eq!(
        listening.rest().await.pop().unwrap().data()["result"]["resultType"],
        "complete"
    );
    assert_eq!(own.rest().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_listens_takes_no_place_from_those_who_call() {
    let server = Server::with(|settings| settings.http.limits.in_flight = 1).await;
    let client = modern(&server).await;
    let _listening = Stream::of(listen(&client, json!(1), json!({})).await);
    let session = server.connect().await;
    let _own = Stream::of(session.get(None).await);
    change(&client, &["tools"]).await;
}

/// 2026-07-28 schema, `ServerCapabilities`.
#[tokio::test(start_paused = true)]
async fn listening_is_announced_without_sessions() {
    let server = Server::of(tools::with_resources(false), |settings| {
        settings.http.sessions = false;
    })
    .await;
    let client = modern(&server).await;
    let (_, answer) = json(send(&client, json!(1), "server/discover", json!({}), BOTH).await).await;
    let capabilities = &answer["result"]["capabilities"];
    assert_eq!(capabilities["tools"], json!({ "listChanged": true }));
    assert_eq!(
        capabilities["resources"],
        json!({ "subscribe": true, "listChanged": true })
    );
}
