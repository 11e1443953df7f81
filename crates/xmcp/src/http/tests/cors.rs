//! CORS: off until configured, and then for the configured origins only.

use super::*;

const PREFLIGHT: &str = "access-control-request-method: POST\r\naccess-control-request-headers: content-type, Mcp-Param-City, mcp-param-x\u{3b}y, x-evil\r\n";

fn with_cors(origin: &str) -> HttpSettings {
    HttpSettings {
        cors: vec![origin.into()],
        ..HttpSettings::default()
    }
}

async fn preflight(server: &TestServer, origin: &str) -> Answer {
    let head = format!(
        "OPTIONS /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\norigin: {origin}\r\n{PREFLIGHT}\r\n",
        server.address
    );
    server.send(head).await
}

#[tokio::test]
async fn without_the_setting_nothing_is_said() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = preflight(&server, "http://localhost:5173").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (405, None)
    );
    let answer = server
        .get("/mcp", "origin: http://localhost:5173\r\n")
        .await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, None)
    );
    server.stop().await;
}

#[tokio::test]
async fn a_preflight_of_a_listed_origin_is_answered() {
    let server = TestServer::start(with_cors("https://app.example.com")).await;
    let answer = preflight(&server, "https://app.example.com").await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, POST, DELETE, OPTIONS")
    );
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some(
            "authorization, dpop, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id, Mcp-Param-City"
        )
    );
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert!(
        answer
            .header("vary")
            .is_some_and(|vary| vary.contains("origin"))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_preflight_of_another_origin_gets_nothing() {
    let server = TestServer::start(with_cors("https://app.example.com")).await;
    let answer = preflight(&server, "https://evil.example").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (403, None)
    );
    // A page of this machine may call in dev, and may not read.
    let answer = preflight(&server, "http://localhost:5173").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (204, None)
    );
    server.stop().await;
}

#[tokio::test]
async fn answers_are_readable_by_listed_origins() {
    let server = TestServer::start(with_cors("https://app.example.com")).await;
    let answer = server
        .get("/mcp", "origin: https://app.example.com\r\n")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.example.com")
    );
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("www-authenticate, retry-after, mcp-session-id, x-request-id")
    );
    assert_eq!(answer.header("vary"), Some("origin"));
    server.stop().await;
}

#[tokio::test]
async fn a_star_means_every_page_and_no_credentials() {
    let server = TestServer::start(with_cors("*")).await;
    let answer = preflight(&server, "https://anywhere.example").await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (204, Some("*"))
    );
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let answer = server
        .get("/mcp", "origin: https://anywhere.example\r\n")
        .await;
    assert_eq!(
        (answer.status, answer.header("access-control-allow-origin")),
        (200, Some("*"))
    );
    server.stop().await;
}
