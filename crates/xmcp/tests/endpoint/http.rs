//! The endpoint as an HTTP resource (2025-11-25 basic/transports; RFC 9110), and what is served beside it.

use http::Method;
use serde_json::json;
use xmcp::Era;

use crate::support::{ACCEPT, BOTH, Server};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn messages_come_by_post_only() {
    let server = Server::new().await;
    for method in [
        Method::GET,
        Method::DELETE,
        Method::PUT,
        Method::PATCH,
        Method::OPTIONS,
        Method::HEAD,
    ] {
        let answer = server
            .ask(method.clone(), "/mcp", &[JSON, ("accept", ACCEPT)], PING)
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, Some("POST")),
            "{method}"
        );
        if method != Method::HEAD {
            let expected = json!({
                "error": "method_not_allowed",
                "error_description": "MCP messages come by POST",
            });
            assert_eq!(answer.json(), expected, "{method}");
        }
    }
}

#[tokio::test]
async fn a_body_must_be_json_by_its_content_type() {
    let server = Server::new().await;
    for headers in [
        &[][..],
        &[("content-type", "text/plain")],
        &[("content-type", "application/jsonp")],
        &[("content-type", "")],
    ] {
        let expected = (
            415,
            -32600,
            "`Content-Type` must be application/json".to_owned(),
        );
        assert_eq!(
            server
                .ask(Method::POST, "/mcp", headers, PING)
                .await
                .error(),
            expected,
            "{headers:?}"
        );
    }
    for content_type in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
    ] {
        let answer = server
            .ask(
                Method::POST,
                "/mcp",
                &[("content-type", content_type)],
                PING,
            )
            .await;
        assert_eq!(answer.status, 200, "{content_type}");
    }
}

#[tokio::test]
async fn an_encoded_body_is_refused() {
    let server = Server::new().await;
    let (status, code, message) = server
        .ask(
            Method::POST,
            "/mcp",
            &[JSON, ("content-encoding", "gzip")],
            PING,
        )
        .await
        .error();
    assert_eq!((status, code), (415, -32600), "{message}");
}

#[tokio::test]
async fn the_client_must_take_json() {
    let server = Server::new().await;
    for accept in [
        "text/event-stream",
        "text/html",
        "application/json;q=0",
        "image/*",
        "",
    ] {
        let answer = server
            .ask(Method::POST, "/mcp", &[JSON, ("accept", accept)], PING)
            .await;
        let expected = "`Accept` must list application/json and text/event-stream".to_owned();
        assert_eq!(answer.error(), (406, -32600, expected), "{accept}");
    }
    for accept in [
        ACCEPT,
        "*/*",
        "application/*",
        "text/html, application/json;q=0.5",
        "Application/JSON",
    ] {
        let answer = server
            .ask(Method::POST, "/mcp", &[JSON, ("accept", accept)], PING)
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type")),
            (200, Some("application/json")),
            "{accept}"
        );
    }
    assert_eq!(
        server.ask(Method::POST, "/mcp", &[JSON], PING).await.status,
        200,
        "who says nothing takes everything"
    );
}

#[tokio::test]
async fn the_endpoint_is_where_the_settings_say() {
    let server = Server::with(crate::tools::TOOLS, |settings| {
        settings.http.endpoint = "/v1/tools".to_owned()
    })
    .await;
    assert_eq!(
        server
            .ask(Method::POST, "/v1/tools", &[JSON], PING)
            .await
            .status,
        200
    );
    let answer = server.ask(Method::POST, "/mcp", &[JSON], PING).await;
    let expected = json!({
        "error": "not_found",
        "error_description": "nothing is served at this path, the MCP endpoint is `/v1/tools`",
    });
    assert_eq!((answer.status.as_u16(), answer.json()), (404, expected));
}

#[tokio::test]
async fn the_page_is_for_browsers_only() {
    let server = Server::new().await;
    let page = server
        .ask(Method::GET, "/", &[("accept", "text/html")], "")
        .await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        page.text().contains("http://127.0.0.1:3001/mcp"),
        "{}",
        page.text()
    );
    assert!(
        page.text().contains("Takes what its own schema says"),
        "{}",
        page.text()
    );
    assert_eq!(server.ask(Method::GET, "/", &[], "").await.status, 404);
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let server = Server::new().await;
    for era in BOTH {
        let response = server
            .open(
                era,
                "tools/call",
                json!({ "name": "hello" }),
                &[("x-request-id", "req-7")],
            )
            .await;
        assert_eq!(response.headers()["x-request-id"], "req-7");
    }
    let answer = server.post("no json").await;
    assert_eq!(answer.header("x-request-id").map(str::len), Some(16));
}

#[tokio::test]
async fn a_page_of_another_origin_is_refused_and_a_program_is_not() {
    let server = Server::new().await;
    let response = server
        .open(
            Era::Legacy,
            "ping",
            json!({}),
            &[("origin", "https://evil.example")],
        )
        .await;
    assert_eq!(response.status(), 403);
    assert_eq!(
        server
            .open(Era::Legacy, "ping", json!({}), &[])
            .await
            .status(),
        200
    );
}
