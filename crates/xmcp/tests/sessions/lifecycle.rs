//! From `initialize` to DELETE (2025-11-25 basic/transports, "Session Management").

use std::time::Duration;

use axum::body::Body;
use http::Method;
use serde_json::json;
use tokio::time::advance;

use crate::client::{Server, Stream, json, refused};

#[tokio::test(start_paused = true)]
async fn initialize_answers_an_id_that_later_requests_carry() {
    let server = Server::new().await;
    let first = server.connect().await;
    let second = server.connect().await;
    let id = first.session.clone().unwrap();
    assert!(id.len() >= 22 && id.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_ne!(first.session, second.session);
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(json(first.post(initialized).await).await.0, 202);
    let (status, list) = json(first.request(1, "tools/list", json!({})).await).await;
    assert_eq!(
        (status, list["result"]["tools"][0]["name"].as_str()),
        (200, Some("say"))
    );
    let events = Stream::of(first.call(2, "client", json!({})).await)
        .rest()
        .await;
    assert_eq!(events.last().unwrap().said(), "test client");
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_by_delete_and_is_unknown_from_then_on() {
    let server = Server::new().await;
    let client = server.connect().await;
    assert_eq!(json(client.delete().await).await.0, 204);
    let gone = (404, -32001);
    assert_eq!(refused(client.delete().await).await, gone);
    assert_eq!(refused(client.get(None).await).await, gone);
    assert_eq!(
        refused(client.request(1, "tools/list", json!({})).await).await,
        gone
    );
    assert_eq!(refused(client.call(1, "log", json!({})).await).await, gone);
    for message in [
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
    ] {
        assert_eq!(refused(client.post(message).await).await, gone);
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_session_ends_its_requests_and_streams() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut own = Stream::of(client.get(None).await);
    own.next().await.unwrap();
    let call = Stream::of(client.call(1, "say", json!({})).await);
    server.entered().await;
    client.delete().await;
    server.dropped().await;
    assert!(
        call.rest()
            .await
            .iter()
            .all(|event| event.said().is_empty())
    );
    assert_eq!(own.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_request_without_an_id_is_answered_without_a_session() {
    let server = Server::new().await;
    let client = server.client();
    let (status, list) = json(client.request(1, "tools/list", json!({})).await).await;
    assert_eq!(
        (status, list["result"]["tools"][0]["name"].as_str()),
        (200, Some("say"))
    );
    let events = Stream::of(client.call(1, "log", json!({})).await)
        .rest()
        .await;
    assert!(
        events.iter().all(|event| event.id.is_none()),
        "it cannot be resumed"
    );
    assert_eq!(refused(client.get(None).await).await, (400, -32600));
    assert_eq!(refused(client.delete().await).await, (400, -32600));
}

#[tokio::test(start_paused = true)]
async fn a_server_without_sessions_gives_no_ids_and_knows_none() {
    let server = Server::with(|settings| settings.http.sessions = false).await;
    let mut client = server.client();
    let response = client.initialize().await;
    assert_eq!(response.headers().get("mcp-session-id"), None);
    for response in [client.get(None).await, client.delete().await] {
        assert_eq!(response.headers()["allow"], "POST");
        assert_eq!(json(response).await.0, 405);
    }
    client.session = Some("left-from-yesterday".to_owned());
    let list = client.request(1, "tools/list", json!({})).await;
    assert_eq!(refused(list).await, (404, -32001));
}

/// 2026-07-28 basic/transports/streamable-http, "Earlier Streamable HTTP Revisions".
#[tokio::test(start_paused = true)]
async fn on_2026_07_28_there_are_no_sessions_and_an_id_means_nothing() {
    let server = Server::new().await;
    let mut client = server.client();
    client.session = Some("whatever".to_owned());
    client.version = "2026-07-28";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let list =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": meta } });
    let accept = ("accept", "application/json, text/event-stream");
    let headers = [accept, ("mcp-method", "tools/list")];
    let response = client.send(Method::POST, &headers, list.to_string()).await;
    assert_eq!(response.headers().get("mcp-session-id"), None);
    assert_eq!(json(response).await.0, 200);
    for method in [Method::GET, Method::DELETE] {
        let response = client.send(method, &[accept], Body::empty()).await;
        assert_eq!(json(response).await.0, 405);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_is_begun_once_and_named_once() {
    let server = Server::new().await;
    let client = server.connect().await;
    assert_eq!(refused(client.initialize().await).await, (400, -32600));
    let id = client.session.clone().unwrap();
    let twice = [
        ("accept", "text/event-stream"),
        ("mcp-session-id", id.as_str()),
    ];
    let response = client.send(Method::GET, &twice, Body::empty()).await;
    assert_eq!(refused(response).await, (400, -32600));
    let mut stranger = client.clone();
    stranger.session = Some("\u{e4}".to_owned());
    assert_eq!(refused(stranger.delete().await).await, (404, -32001));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_nobody_uses_ends() {
    let server = Server::with(|settings| {
        settings.http.limits.session_idle = Duration::from_secs(10);
    })
    .await;
    let client = server.connect().await;
    let ping = || client.request(1, "ping", json!({}));
    for _ in 0..3 {
        advance(Duration::from_secs(9)).await;
        assert_eq!(json(ping().await).await.0, 200, "it was used");
    }
    let stream = Stream::of(client.get(None).await);
    advance(Duration::from_secs(60)).await;
    assert_eq!(json(ping().await).await.0, 200, "its stream was read");
    drop(stream);
    advance(Duration::from_secs(11)).await;
    assert_eq!(refused(ping().await).await, (404, -32001));
}

#[tokio::test(start_paused = true)]
async fn a_full_server_lets_the_longest_idle_session_go_or_says_when_to_try_again() {
    let server = Server::with(|settings| settings.http.limits.sessions = 2).await;
    let (old, older) = (server.connect().await, server.connect().await);
    let refusal = server.client().initialize().await;
    assert!(refusal.headers().contains_key("retry-after"));
    assert_eq!(json(refusal).await.0, 503);
    advance(Duration::from_secs(60)).await;
    let ping = |client: &crate::client::Client| {
        let client = client.clone();
        async move { json(client.request(1, "ping", json!({})).await).await.0 }
    };
    assert_eq!(ping(&old).await, 200);
    let new = server.connect().await;
    assert_eq!(
        (ping(&old).await, ping(&older).await, ping(&new).await),
        (200, 404, 200)
    );
}

/// 2025-11-25 server/utilities/logging, "Setting Log Level".
#[tokio::test(start_paused = true)]
async fn a_session_remembers_its_log_level() {
    let server = Server::new().await;
    let (client, other) = (server.connect().await, server.connect().await);
    let levels = async |client: &crate::client::Client| -> Vec<String> {
        let events = Stream::of(client.call(1, "log", json!({})).await)
            .rest()
            .await;
        let level = |event: &crate::client::Event| {
            event.data()["params"]["level"].as_str().map(str::to_owned)
        };
        events.iter().filter_map(level).collect()
    };
    assert_eq!(levels(&client).await, ["warning"]);
    for (level, expected) in [("debug", &["debug", "warning"][..]), ("error", &[])] {
        let set = client
            .request(2, "logging/setLevel", json!({ "level": level }))
            .await;
        assert_eq!(json(set).await.1["result"], json!({}));
        assert_eq!(levels(&client).await, expected);
    }
    assert_eq!(
        levels(&other).await,
        ["warning"],
        "another session's level is its own"
    );
}

#[tokio::test(start_paused = true)]
async fn requests_beyond_what_may_be_at_work_are_told_to_come_again() {
    let server = Server::with(|settings| settings.http.limits.in_flight = 1).await;
    let client = server.connect().await;
    let lost = client.call(1, "say", json!({})).await;
    server.entered().await;
    drop(lost);
    assert_eq!(
        json(client.request(2, "ping", json!({})).await).await.0,
        200
    );
    let refusal = client.call(3, "say", json!({})).await;
    assert!(refusal.headers().contains_key("retry-after"));
    assert_eq!(json(refusal).await.0, 503);
    server.open_door();
    Stream::of(client.get(Some("1-0")).await).rest().await;
    for id in 4..20 {
        let events = Stream::of(client.call(id, "log", json!({})).await)
            .rest()
            .await;
        assert_eq!(events.last().unwrap().said(), "logged");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_client_says_of_itself_is_bounded_because_a_session_keeps_it() {
    let server = Server::new().await;
    let client = server.client();
    let long = "x".repeat(20_000);
    for (capabilities, name) in [
        (json!({ "experimental": { "a": long } }), "short"),
        (json!({}), &*long),
    ] {
        let client_info = json!({ "name": name, "version": "1" });
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": client_info });
        let response = client.request(0, "initialize", params).await;
        assert!(!response.headers().contains_key("mcp-session-id"));
        assert_eq!(refused(response).await, (200, -32602));
    }
    // What is not kept may be long.
    let client_info = json!({ "name": "a", "version": "1", "icons": [{ "src": long }] });
    let params =
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client_info });
    let response = client.request(0, "initialize", params).await;
    assert!(response.headers().contains_key("mcp-session-id"));
}
