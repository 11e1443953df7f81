//! The Origin check: rules 1 to 4 of `origin.rs`.

use super::*;

async fn status_for(server: &TestServer, origin: &str) -> u16 {
    server
        .get("/mcp", &format!("origin: {origin}\r\n"))
        .await
        .status
}

#[tokio::test]
async fn no_origin_passes() {
    let server = TestServer::start_as(HttpSettings::default(), false).await;
    assert_eq!(server.get("/mcp", "").await.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn in_dev_pages_of_this_machine_pass() {
    let server = TestServer::start(HttpSettings::default()).await;
    for origin in [
        "http://localhost:6274",
        "http://127.0.0.1",
        "http://[::1]:5173",
        "HTTP://LOCALHOST:1",
    ] {
        assert_eq!(status_for(&server, origin).await, 200, "{origin}");
    }
    server.stop().await;
}

#[tokio::test]
async fn in_production_only_the_own_port_passes() {
    let server = TestServer::start_as(HttpSettings::default(), false).await;
    let port = server.address.port();
    assert_eq!(
        status_for(&server, &format!("http://localhost:{port}")).await,
        200
    );
    assert_eq!(status_for(&server, "http://localhost:6274").await, 403);
    assert_eq!(status_for(&server, "http://localhost").await, 403);
    server.stop().await;
}

#[tokio::test]
async fn evil_and_malformed_origins_are_refused() {
    let server = TestServer::start(HttpSettings::default()).await;
    for origin in [
        "http://evil.example",
        "null",
        "http://localhost.evil.com",
        "https://localhost:3001",
        "http://127.0.0.1.nip.io",
        "garbage",
        "",
        "http://",
        "http://localhost:3001/path",
        "http://user@localhost",
        "http://localhost http://localhost",
        "file://",
        "ftp://localhost",
        "http://[::ffff:7f00:1]",
        "http://localh\u{f6}st",
    ] {
        assert_eq!(status_for(&server, origin).await, 403, "{origin:?}");
    }
    let two = server
        .get(
            "/mcp",
            "origin: http://localhost\r\norigin: http://localhost\r\n",
        )
        .await;
    assert_eq!(two.status, 403);
    server.stop().await;
}

#[tokio::test]
async fn settings_add_origins() {
    let settings = HttpSettings {
        public_url: Some("https://mcp.example.com".into()),
        allowed_origins: vec![
            "https://app.example.com".into(),
            "http://intranet:8080".into(),
        ],
        cors: vec!["https://pages.example".into()],
        ..HttpSettings::default()
    };
    let server = TestServer::start_as(settings, false).await;
    for origin in [
        "https://mcp.example.com",
        "https://mcp.example.com:443",
        "https://app.example.com",
        "http://intranet:8080",
        "https://pages.example",
    ] {
        assert_eq!(status_for(&server, origin).await, 200, "{origin}");
    }
    for origin in [
        "http://mcp.example.com",
        "https://app.example.com:444",
        "http://intranet",
        "https://sub.app.example.com",
    ] {
        assert_eq!(status_for(&server, origin).await, 403, "{origin}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_refusal_names_the_settings() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server.get("/mcp", "origin: http://evil.example\r\n").await;
    assert_eq!(
        answer.message(),
        "origin `http://evil.example` is not allowed: add it to [http] allowed_origins, or to [http] cors if its pages read the answers"
    );
    server.stop().await;
}

#[tokio::test]
async fn open_documents_are_for_every_page_but_not_under_every_name() {
    let server = TestServer::start(HttpSettings::default()).await;
    assert_eq!(
        server
            .get("/document", "origin: http://evil.example\r\n")
            .await
            .status,
        200
    );
    let renamed = server
        .send("GET /document HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(renamed.status, 403);
    server.stop().await;
}

#[tokio::test]
async fn settings_that_are_no_origins_or_hosts_are_named_at_start() {
    let problem = |settings: HttpSettings| {
        stack(Routes::default(), &settings, false)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        problem(HttpSettings {
            allowed_hosts: vec!["https://x".into()],
            ..HttpSettings::default()
        }),
        "`https://x` in [http] allowed_hosts is not a host: write a name without scheme and path, like mcp.example.com or mcp.example.com:8443"
    );
    assert_eq!(
        problem(HttpSettings {
            cors: vec!["app.example.com".into()],
            ..HttpSettings::default()
        }),
        "`app.example.com` in [http] cors is not an origin: write scheme and host without a path, like https://app.example.com"
    );
    assert!(
        problem(HttpSettings {
            public_url: Some("mcp".into()),
            ..HttpSettings::default()
        })
        .starts_with("[http] public_url")
    );
    let twice = Routes {
        guarded: Router::new().route("/health", get(|| async {})),
        ..Routes::default()
    };
    assert!(
        stack(twice, &HttpSettings::default(), false)
            .unwrap_err()
            .to_string()
            .contains("/health")
    );
}
