//! Scopes that every request needs.

use std::sync::Arc;

use axum::{Extension, Router, routing::any};
use xmcp_auth::{Resource, ScopeMatcher, Session};

use crate::fixture::*;

/// MCP authorization, scope challenge: the scopes that every request needs.
#[tokio::test]
async fn r11_the_challenge_names_the_scopes_that_every_request_needs() {
    let app = app_of(
        |provider| provider.required_scopes(["a", "b"]),
        Resource::new("https://mcp.example.com/mcp"),
    );
    let challenge = app.answer(&[]).await.challenge.unwrap();
    assert_eq!(challenge, format!(r#"Bearer {METADATA}, scope="a b""#));
}

#[tokio::test]
async fn sc2_a_token_that_lacks_a_required_scope_is_refused_with_all_of_them() {
    let app = app_of(
        |provider| provider.required_scopes(["a", "b"]),
        Resource::new("https://mcp.example.com/mcp"),
    );
    let refused = Answer {
        status: 403,
        challenge: Some(format!(
            r#"Bearer error="insufficient_scope", scope="a b", {METADATA}, error_description="The access token lacks a required scope""#
        )),
        body: r#"{"error":"insufficient_scope","error_description":"The access token lacks a required scope","required_scopes":["a","b"]}"#.into(),
    };
    for token in ["Bearer ok", "Bearer ok/a", "Bearer ok/A/b", "Bearer ok/ab"] {
        assert_eq!(app.answer(&[token]).await, refused, "{token}");
    }
    assert_eq!(app.answer(&["Bearer ok/b/a"]).await.status, 200);
}

/// 2025-11-25 basic/authorization, "Runtime Insufficient Scope Errors": what is granted already may be repeated.
#[tokio::test]
async fn r22_the_challenge_repeats_what_is_granted_only_where_the_provider_says_so() {
    let resource = || Resource::new("https://mcp.example.com/mcp").required_scopes(["a", "b"]);
    let plain = app_of(|provider| provider, resource());
    let repeating = app_of(|provider| provider.include_granted(), resource());
    for (app, scope) in [(plain, "a b"), (repeating, "a b x")] {
        let answer = app.answer(&["Bearer ok/x/b/offline_access"]).await;
        assert_eq!(answer.status, 403);
        let challenge = answer.challenge.unwrap();
        assert!(
            challenge.contains(&format!(r#", scope="{scope}", "#)),
            "{challenge}"
        );
        assert!(
            answer.body.ends_with(r#""required_scopes":["a","b"]}"#),
            "{}",
            answer.body
        );
        // Who has no token has nothing to repeat.
        let challenge = app.answer(&[]).await.challenge.unwrap();
        assert!(challenge.ends_with(r#", scope="a b""#), "{challenge}");
    }
}

#[tokio::test]
async fn sc5_the_matcher_decides_what_a_broad_scope_covers() {
    let resource = || Resource::new("https://mcp.example.com/mcp").required_scopes(["todo:write"]);
    let broad = app_of(
        |provider| provider.scope_matcher(ScopeMatcher::exact().implies("todo", ["todo:write"])),
        resource(),
    );
    assert_eq!(broad.answer(&["Bearer ok/todo"]).await.status, 200);
    let exact = app_of(|provider| provider, resource());
    assert_eq!(exact.answer(&["Bearer ok/todo"]).await.status, 403);
}

/// What a handler is told of its caller's scopes follows the same rules as the layer.
#[tokio::test]
async fn the_session_of_a_request_has_the_matcher_of_the_resource() {
    let protected = provider(Fake::default())
        .scope_matcher(ScopeMatcher::exact().implies("todo", ["todo:write"]))
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap();
    let handler = |session: Extension<Session>| async move {
        format!(
            "{} {}",
            session.has_scope("todo:write"),
            session.has_scope("user:write")
        )
    };
    let router = Router::new()
        .route("/mcp", any(handler))
        .layer(protected.layer);
    let app = App {
        router,
        asked: Arc::default(),
    };
    assert_eq!(app.answer(&["Bearer ok/todo"]).await, served("true false"));
}
