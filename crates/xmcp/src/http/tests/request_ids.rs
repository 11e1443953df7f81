//! Request ids, and panics, whose answer is an id.

use super::*;

#[tokio::test]
async fn a_good_id_is_kept_and_seen_by_the_route() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server.get("/id", "x-request-id: trace-1.A_b\r\n").await;
    assert_eq!(
        (answer.body.as_str(), answer.header("x-request-id")),
        ("trace-1.A_b", Some("trace-1.A_b"))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_bad_or_missing_id_is_replaced() {
    let server = TestServer::start(HttpSettings::default()).await;
    for header in [
        "",
        "x-request-id: a b\r\n",
        "x-request-id: \u{1b}[31m\r\n",
        "x-request-id: \r\n",
    ] {
        let answer = server.get("/id", header).await;
        if answer.status == 400 {
            // hyper does not take the byte at all.
            continue;
        }
        assert_eq!(answer.body.len(), 16, "{header:?}: {answer:?}");
        assert_eq!(answer.header("x-request-id"), Some(answer.body.as_str()));
    }
    server.stop().await;
}

#[tokio::test]
async fn every_answer_has_an_id() {
    let server = TestServer::start(HttpSettings::default()).await;
    for path in ["/mcp", "/nowhere", "/health", "/document", "/panic"] {
        assert!(
            server.get(path, "").await.header("x-request-id").is_some(),
            "{path}"
        );
    }
    let refused = server.send("GET /mcp HTTP/1.1\r\nhost: evil.example\r\nx-request-id: mine\r\nconnection: close\r\n\r\n").await;
    assert_eq!(
        (refused.status, refused.header("x-request-id")),
        (403, Some("mine"))
    );
    server.stop().await;
}

#[tokio::test]
async fn a_panic_is_a_500_with_the_id_and_without_its_text() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server.get("/panic", "x-request-id: mine\r\n").await;
    assert_eq!(
        (answer.status, answer.header("x-request-id")),
        (500, Some("mine"))
    );
    assert_eq!(
        answer.body,
        r#"{"jsonrpc":"2.0","error":{"code":-32603,"message":"internal error","data":{"requestId":"mine"}}}"#
    );
    assert!(server.is_well().await);
    server.stop().await;
}
