//! The server card (SEP-2127, schema version 2).

use http::Method;
use serde_json::{Value, json};
use xmcp::Settings;

use crate::{
    support::{Answer, Server},
    tools,
};

const WELL_KNOWN: &str = "/.well-known/mcp/server-card.json";

async fn ask(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.ask(method, path, headers, "").await
}

async fn card(change: impl FnOnce(&mut Settings)) -> Value {
    let server = Server::with(&tools::TOOLS[..1], change).await;
    ask(&server, Method::GET, WELL_KNOWN, &[]).await.json()
}

#[tokio::test]
async fn the_card_says_who_the_server_is_and_where() {
    let expected = json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/v2/server-card.schema.json",
        "name": "localhost/test",
        "version": "1.2.3",
        "description": "test",
        "remotes": [{
            "type": "streamable-http",
            "url": "http://127.0.0.1:3001/mcp",
            "supportedProtocolVersions": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"],
        }],
    });
    assert_eq!(card(|_| {}).await, expected);
    let full = card(|settings| {
        settings.server.name = "Tickets & more".to_owned();
        settings.server.title = Some("Tickets".to_owned());
        settings.server.description = Some("x".repeat(101));
        settings.server.website = Some("https://example.com/".to_owned());
        settings.server.versions = vec![xmcp::codegen::ProtocolVersion::V2026_07_28];
        settings.http.public_url = Some("https://mcp.example.com".to_owned());
        settings.http.allowed_hosts = vec!["localhost".to_owned()];
    })
    .await;
    let expected = json!({
        "$schema": "https://static.modelcontextprotocol.io/schemas/v2/server-card.schema.json",
        "name": "com.example.mcp/Tickets---more",
        "version": "1.2.3",
        "description": format!("{}…", "x".repeat(99)),
        "title": "Tickets",
        "websiteUrl": "https://example.com/",
        "remotes": [{
            "type": "streamable-http",
            "url": "https://mcp.example.com/mcp",
            "supportedProtocolVersions": ["2026-07-28"],
        }],
    });
    assert_eq!(full, expected);
    let named = card(|settings| settings.server.name = "com.example/tickets".to_owned()).await;
    assert_eq!(named["name"], "com.example/tickets");
}

#[tokio::test]
async fn every_page_may_read_the_card_and_nobody_else_may_send_it_anything() {
    let server = Server::new().await;
    for path in [WELL_KNOWN, "/mcp/server-card"] {
        let answer = ask(
            &server,
            Method::GET,
            path,
            &[("origin", "https://evil.example")],
        )
        .await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("content-type"),
            Some("application/mcp-server-card+json")
        );
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=3600"));
        assert_eq!(ask(&server, Method::HEAD, path, &[]).await.status, 200);
        let preflight = ask(&server, Method::OPTIONS, path, &[]).await;
        assert_eq!(
            (
                preflight.status.as_u16(),
                preflight.header("access-control-allow-origin")
            ),
            (204, Some("*"))
        );
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            assert_eq!(ask(&server, method, path, &[]).await.status, 405);
        }
    }
}

#[tokio::test]
async fn the_card_is_for_those_who_call_the_server_by_its_name() {
    let server = Server::new().await;
    let mut request = http::Request::new(axum::body::Body::empty());
    *request.uri_mut() = WELL_KNOWN.parse().unwrap();
    request
        .headers_mut()
        .insert("host", http::HeaderValue::from_static("evil.example"));
    let Ok(response) = tower::ServiceExt::oneshot(server.router.clone(), request).await;
    assert_eq!(response.status(), 403);
}
