//! What a 2025-11-25 client is told of in its session (2025-11-25 server/resources, "Subscriptions"; server/tools, "List Changed
//! Notification").

use serde_json::{Value, json};

use crate::{
    client::{Client, Server, Stream, json, refused},
    tools,
};

async fn change(client: &Client, what: &[&str]) {
    let events = Stream::of(client.call(9, "change", json!({ "what": what })).await)
        .rest()
        .await;
    assert_eq!(events.last().unwrap().said(), "changed");
}

async fn subscribe(client: &Client, method: &str, uri: &str) -> (u16, Value) {
    json(
        client
            .request(8, &format!("resources/{method}"), json!({ "uri": uri }))
            .await,
    )
    .await
}

/// What the client's own stream says before it falls silent.
async fn told(stream: &mut Stream) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(event) = stream.next_soon().await {
        let message = event.data();
        let method = message["method"].as_str().unwrap_or_default();
        let uri = message["params"]["uri"].as_str().unwrap_or_default();
        told.push(format!(
            "{}{uri}",
            method.trim_start_matches("notifications/")
        ));
    }
    told
}

async fn own_stream(client: &Client) -> Stream {
    let mut stream = Stream::of(client.get(None).await);
    stream.next().await.unwrap();
    stream
}

#[tokio::test(start_paused = true)]
async fn changed_lists_are_told_on_the_clients_own_stream_once_each() {
    let server = Server::new().await;
    let (client, other) = (server.connect().await, server.connect().await);
    let (mut stream, mut others) = (own_stream(&client).await, own_stream(&other).await);
    change(&client, &["tools", "prompts", "tools", "resources"]).await;
    let expected = [
        "tools/list_changed",
        "prompts/list_changed",
        "resources/list_changed",
    ];
    assert_eq!(told(&mut stream).await, expected);
    assert_eq!(
        told(&mut others).await,
        expected,
        "every client has the same lists"
    );
    change(&client, &["tools"]).await;
    assert_eq!(told(&mut stream).await, ["tools/list_changed"]);
}

#[tokio::test(start_paused = true)]
async fn a_resource_is_told_of_between_subscribe_and_unsubscribe() {
    let server = Server::of(tools::with_resources(false), |_| {}).await;
    let (client, other) = (server.connect().await, server.connect().await);
    let (mut stream, mut others) = (own_stream(&client).await, own_stream(&other).await);
    let all = ["notes://1", "notes://2"];
    change(&client, &all).await;
    assert_eq!(told(&mut stream).await, [""; 0]);
    assert_eq!(
        subscribe(&client, "subscribe", "notes://1").await.1["result"],
        json!({})
    );
    change(&client, &all).await;
    assert_eq!(told(&mut stream).await, ["resources/updatednotes://1"]);
    assert_eq!(
        subscribe(&client, "unsubscribe", "notes://1").await.1["result"],
        json!({})
    );
    change(&client, &all).await;
    assert_eq!(told(&mut stream).await, [""; 0]);
    assert_eq!(
        told(&mut others).await,
        [""; 0],
        "another session's are its own"
    );
}

#[tokio::test(start_paused = true)]
async fn what_changes_while_nobody_reads_is_told_to_the_next_reader() {
    let server = Server::of(tools::with_resources(false), |_| {}).await;
    let client = server.connect().await;
    subscribe(&client, "subscribe", "notes://1").await;
    for _ in 0..100 {
        change(&client, &["notes://1", "tools"]).await;
    }
    let mut stream = own_stream(&client).await;
    assert_eq!(
        told(&mut stream).await,
        ["resources/updatednotes://1", "tools/list_changed"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_was_told_on_a_lost_connection_is_told_again() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.get(None).await);
    let priming = stream.next().await.unwrap();
    change(&client, &["tools"]).await;
    let told_before = stream.next().await.unwrap();
    drop(stream);
    change(&client, &["prompts"]).await;
    let mut resumed = Stream::of(client.get(Some(priming.id())).await);
    assert_eq!(resumed.next().await, Some(told_before));
    assert_eq!(told(&mut resumed).await, ["prompts/list_changed"]);
}

#[tokio::test(start_paused = true)]
async fn only_so_much_can_be_subscribed_to_and_only_what_may_be_read() {
    let server = Server::of(tools::with_resources(true), |_| {}).await;
    let mut client = server.client();
    client.user = Some("ada");
    let client = client.connect().await;
    let (status, answer) = subscribe(&client, "subscribe", "notes://secret").await;
    assert_eq!(
        (status, &answer["error"]["data"]["required_scopes"]),
        (403, &json!(["notes:read"]))
    );
    let long = format!("notes://{}", "1".repeat(5000));
    assert_eq!(
        subscribe(&client, "subscribe", &long).await.1["error"]["code"],
        -32602
    );
    for number in 0..256 {
        let (_, answer) = subscribe(&client, "subscribe", &format!("notes://{number}")).await;
        assert_eq!(answer["result"], json!({}), "{number}");
    }
    let (_, answer) = subscribe(&client, "subscribe", "notes://one-more").await;
    assert_eq!(answer["error"]["code"], -32602);
    assert_eq!(
        subscribe(&client, "subscribe", "notes://7").await.1["result"],
        json!({})
    );
    let missing = client.request(1, "resources/subscribe", json!({})).await;
    assert_eq!(refused(missing).await, (200, -32602));
}

/// What is announced is what works (2025-11-25 basic/lifecycle, "Capability Negotiation").
#[tokio::test(start_paused = true)]
async fn subscriptions_are_announced_where_there_are_sessions() {
    for (sessions, tools, resources) in [
        (
            true,
            json!({ "listChanged": true }),
            json!({ "subscribe": true, "listChanged": true }),
        ),
        (false, json!({}), json!({})),
    ] {
        let server = Server::of(tools::with_resources(false), |settings| {
            settings.http.sessions = sessions;
        })
        .await;
        let answer = json(server.client().initialize().await).await.1;
        let capabilities = &answer["result"]["capabilities"];
        assert_eq!(
            (&capabilities["tools"], &capabilities["resources"]),
            (&tools, &resources)
        );
        let stateless = server.client();
        let subscribe = stateless.request(1, "resources/subscribe", json!({ "uri": "notes://1" }));
        let expected = if sessions {
            (400, -32600)
        } else {
            (200, -32601)
        };
        assert_eq!(refused(subscribe.await).await, expected);
    }
}
