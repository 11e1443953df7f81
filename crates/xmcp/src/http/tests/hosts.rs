//! The Host check: rules 1 to 4 of `host.rs`.

use http_body_util::Empty;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

async fn status_for(server: &TestServer, host: &str) -> u16 {
    server
        .send(format!(
            "GET /mcp HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        ))
        .await
        .status
}

#[tokio::test]
async fn loopback_names_pass_with_any_port_and_nothing_else_does() {
    let server = TestServer::start_as(HttpSettings::default(), false).await;
    let port = server.address.port();
    for host in [
        "localhost",
        "LOCALHOST:9999",
        "localhost.",
        "127.0.0.1",
        "[::1]:3001",
        &format!("127.0.0.1:{port}"),
    ] {
        assert_eq!(status_for(&server, host).await, 200, "{host}");
    }
    for host in [
        "evil.example",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "evil.example:3001",
    ] {
        assert_eq!(status_for(&server, host).await, 403, "{host}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_host_is_a_bad_request() {
    let server = TestServer::start(HttpSettings::default()).await;
    for host in [
        "",
        "user@localhost",
        "localhost:",
        "localhost:x",
        "local host",
        "::1",
        "localhost/mcp",
        "localh\u{f6}st",
        "localhost, evil.example",
    ] {
        assert_eq!(status_for(&server, host).await, 400, "{host:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn there_is_exactly_one_host() {
    let server = TestServer::start(HttpSettings::default()).await;
    let two = server.send("GET /mcp HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n").await;
    assert_eq!(
        (two.status, two.message()),
        (400, "the request has two Host headers".into())
    );
    let none = server
        .send("GET /mcp HTTP/1.1\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(none.status, 400);
    let old = server.send("GET /mcp HTTP/1.0\r\n\r\n").await;
    assert_eq!(
        (old.status, old.message()),
        (400, "the request has no Host header".into())
    );
    let old = server
        .send("GET /mcp HTTP/1.0\r\nhost: localhost\r\n\r\n")
        .await;
    assert_eq!(old.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn an_absolute_target_is_checked_like_the_header() {
    let server = TestServer::start(HttpSettings::default()).await;
    for (target, host, status) in [
        ("http://localhost/mcp", "localhost", 200),
        ("http://evil.example/mcp", "evil.example", 403),
        ("http://evil.example/mcp", "localhost", 400),
        ("http://localhost/mcp", "evil.example", 400),
    ] {
        let answer = server
            .send(format!(
                "GET {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
            ))
            .await;
        assert_eq!(answer.status, status, "{target} with host {host}");
    }
    server.stop().await;
}

#[tokio::test]
async fn the_authority_of_http2_is_checked() {
    let server = TestServer::start(HttpSettings::default()).await;
    for (authority, host, status) in [
        ("localhost:3001", None, 200),
        ("evil.example", None, 403),
        ("evil.example", Some("localhost"), 400),
        ("localhost", Some("evil.example"), 400),
    ] {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        let connection = tokio::spawn(connection);
        let mut request = Request::get(format!("http://{authority}/mcp"));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let response = sender
            .send_request(request.body(Empty::<Bytes>::new()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{authority} with {host:?}");
        drop((sender, response));
        timeout(PATIENCE, connection)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
    server.stop().await;
}

#[tokio::test]
async fn settings_add_hosts() {
    let settings = HttpSettings {
        public_url: Some("https://mcp.example.com".into()),
        allowed_hosts: vec!["any.example".into(), "one.example:8443".into()],
        ..HttpSettings::default()
    };
    let server = TestServer::start(settings).await;
    for host in [
        "mcp.example.com",
        "MCP.example.com.:443",
        "any.example",
        "any.example:1",
        "one.example:8443",
        "localhost",
    ] {
        assert_eq!(status_for(&server, host).await, 200, "{host}");
    }
    for host in [
        "one.example",
        "one.example:443",
        "sub.any.example",
        "example.com",
    ] {
        assert_eq!(status_for(&server, host).await, 403, "{host}");
    }
    server.stop().await;
}

#[tokio::test]
async fn loopback_names_are_refused_when_bound_beyond_loopback() {
    let settings = HttpSettings {
        host: "0.0.0.0".into(),
        public_url: Some("https://mcp.example.com".into()),
        ..HttpSettings::default()
    };
    let server = TestServer::start(settings).await;
    assert_eq!(status_for(&server, "mcp.example.com").await, 200);
    assert_eq!(status_for(&server, "localhost").await, 403);
    assert_eq!(status_for(&server, "127.0.0.1").await, 403);
    server.stop().await;
}

#[tokio::test]
async fn the_refusal_names_the_setting_and_quotes_harmlessly() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server.get("/nowhere", "").await;
    assert_eq!(answer.status, 404);
    let answer = server
        .send("GET /mcp HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        answer.message(),
        "host `evil.example` is not allowed: add it to [http] allowed_hosts or set [http] public_url (BASE_URL)"
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    server.stop().await;
}

#[tokio::test]
async fn health_is_asked_by_address() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server
        .send("GET /health HTTP/1.1\r\nhost: 10.0.0.7:3001\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let answer = server
        .send("HEAD /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    let answer = server
        .send("POST /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET,HEAD"))
    );
    server.stop().await;
}

#[tokio::test]
async fn every_other_path_is_404_and_names_the_endpoint() {
    let server = TestServer::start(HttpSettings::default()).await;
    for path in [
        "/",
        "/mcp/",
        "/sse",
        "/.well-known/oauth-protected-resource",
        "/%2e%2e/mcp",
    ] {
        let answer = server.get(path, "").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(
            answer.body,
            r#"{"error":"not_found","error_description":"nothing is served at this path, the MCP endpoint is `/mcp`"}"#,
            "{path}"
        );
    }
    server.stop().await;
}
