//! The documents that say where tokens come from (RFC 9728), and what is wrong with a configuration.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request};
use serde_json::{Value, json};
use xmcp_auth::{Provider, Resource};

use crate::fixture::*;

/// RFC 9728, sections 3.1 to 3.3: both forms, the identifier to the letter, nothing empty.
#[tokio::test]
async fn d1_both_metadata_documents_are_the_same_bytes_whatever_the_request_says() {
    let app = app();
    let expected = r#"{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://env.example.com/resources/res_1"],"bearer_methods_supported":["header"]}"#;
    let poison: &[(&str, &str)] = &[
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-proto", "http"),
        ("origin", "http://evil.example"),
    ];
    for headers in [&[][..], poison] {
        for path in [
            PATH_FORM,
            ROOT_FORM,
            &format!("{PATH_FORM}/"),
            &format!("{ROOT_FORM}/"),
        ] {
            let response = app.send(get_at(path, headers)).await;
            let of = |name| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(of("content-type"), "application/json");
            assert_eq!(of("access-control-allow-origin"), "*");
            assert_eq!(of("cache-control"), "public, max-age=3600");
            assert_eq!(Answer::of(response).await.body, expected);
        }
    }
    for path in [
        "/mcp/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/other",
    ] {
        assert_eq!(app.send(get_at(path, &[])).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn d1_metadata_can_be_read_and_asked_about_and_nothing_else() {
    let app = app();
    for path in [PATH_FORM, ROOT_FORM] {
        let of = |method: &str| {
            Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .unwrap()
        };
        let head = app.send(of("HEAD")).await;
        assert_eq!(head.status(), 200);
        assert_eq!(head.headers()["content-type"], "application/json");
        assert_eq!(Answer::of(head).await.body, "");
        let options = app.send(of("OPTIONS")).await;
        assert_eq!(options.status(), 204);
        assert_eq!(options.headers()["access-control-allow-origin"], "*");
        assert_eq!(
            options.headers()["access-control-allow-methods"],
            "GET, HEAD, OPTIONS"
        );
        assert_eq!(options.headers()["access-control-allow-headers"], "*");
        for method in ["POST", "PUT", "DELETE", "TRACE", "BREW"] {
            let refused = app.send(of(method)).await;
            assert_eq!(refused.status(), 405, "{method}");
            assert_eq!(refused.headers()["allow"], "GET, HEAD, OPTIONS");
        }
    }
}

#[tokio::test]
async fn metadata_says_what_is_set_in_a_fixed_order() {
    let resource = Resource::new("https://mcp.example.com/mcp")
        .name("Notes")
        .documentation("https://mcp.example.com/docs")
        .scopes_supported(["b", "a"]);
    let app = app_of(|provider| provider.scopes_supported(["c", "b"]), resource);
    let answer = Answer::of(app.send(get_at(PATH_FORM, &[])).await).await;
    assert_eq!(
        answer.body,
        r#"{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://env.example.com/resources/res_1"],"bearer_methods_supported":["header"],"scopes_supported":["c","b","a"],"resource_name":"Notes","resource_documentation":"https://mcp.example.com/docs"}"#
    );
}

/// MCP authorization 2026-07-28: resources should not name `offline_access`.
#[tokio::test]
async fn r13_offline_access_is_left_out() {
    let app = app_of(
        |provider| {
            provider
                .scopes_supported(["offline_access"])
                .required_scopes(["a", "offline_access"])
        },
        Resource::new("https://mcp.example.com/mcp"),
    );
    let document: Value = serde_json::from_str(
        &Answer::of(app.send(get_at(PATH_FORM, &[])).await)
            .await
            .body,
    )
    .unwrap();
    assert_eq!(document.get("scopes_supported"), None);
    assert_eq!(app.answer(&["Bearer ok/a"]).await.status, 200);
}

/// RFC 9728, section 3.3: clients compare `resource` to the URL that they were given.
#[tokio::test]
async fn each_spelling_of_this_machine_is_answered_in_kind_and_no_other_name_is() {
    let app = app_of(|provider| provider, Resource::on_loopback(3001, "/mcp"));
    for (host, expected) in [
        ("localhost:3001", "localhost"),
        ("LOCALHOST:3001", "localhost"),
        ("127.0.0.1:3001", "127.0.0.1"),
        ("[::1]:3001", "[::1]"),
        ("127.0.0.1:9999", "127.0.0.1"),
        ("evil.example", "localhost"),
        ("127.0.0.1.nip.io:3001", "localhost"),
    ] {
        let answer = Answer::of(app.send(get_at(PATH_FORM, &[("host", host)])).await).await;
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            document["resource"],
            format!("http://{expected}:3001/mcp"),
            "{host}"
        );
        let refused = Answer::of(app.send(get_at("/mcp", &[("host", host)])).await).await;
        assert_eq!(
            refused.challenge.unwrap(),
            format!(r#"Bearer resource_metadata="http://{expected}:3001{PATH_FORM}""#)
        );
    }
    let authority = Request::get("http://[::1]:3001/mcp")
        .body(Body::empty())
        .unwrap();
    let refused = Answer::of(app.send(authority).await).await;
    assert!(refused.challenge.unwrap().contains("http://[::1]:3001/"));
}

#[tokio::test]
async fn a_provider_can_name_the_resource_itself() {
    let app = app_of(
        |provider| provider.resource("https://mcp.example.com"),
        Resource::on_loopback(3001, "/mcp"),
    );
    let answer = Answer::of(app.send(get_at(ROOT_FORM, &[])).await).await;
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["resource"], json!("https://mcp.example.com"));
    assert_eq!(app.send(get_at(PATH_FORM, &[])).await.status(), 404);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let error = Provider::new(["http://auth.example.com"], Fake::default())
        .scopes_supported(["a b"])
        .protect(Resource::new("https://mcp.example.com/mcp#x"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`https://mcp.example.com/mcp#x` cannot be the URL of a protected resource: it has a fragment\n\
         `http://auth.example.com` cannot be the URL of an authorization server: it must begin with https://, for http:// is \
         for this machine alone\n`a b` is no scope: scopes are printable ASCII without space, `\"` and `\\`"
    );
    let none: [&str; 0] = [];
    let error = Provider::new(none, Fake::default())
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap_err();
    assert_eq!(error.problems().len(), 1);
}

#[tokio::test]
async fn two_resources_of_one_origin_each_have_their_metadata() {
    let protect = |resource: Resource| {
        provider(Fake::default())
            .protect(resource)
            .unwrap()
            .metadata
    };
    let router = Router::new()
        .merge(protect(Resource::new("https://mcp.example.com/mcp")))
        .merge(protect(
            Resource::new("https://mcp.example.com/other").without_root_form(),
        ));
    let app = App {
        router,
        asked: Arc::default(),
    };
    for (path, resource) in [
        (PATH_FORM, "https://mcp.example.com/mcp"),
        (ROOT_FORM, "https://mcp.example.com/mcp"),
        (
            "/.well-known/oauth-protected-resource/other",
            "https://mcp.example.com/other",
        ),
    ] {
        let answer = Answer::of(app.send(get_at(path, &[])).await).await;
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(document["resource"], resource, "{path}");
    }
}
