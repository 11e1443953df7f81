//! A provider before the endpoint: a local Scalekit environment vouches for callers, and their tokens decide.

use http::Method;
use serde_json::{Value, json};
use xmcp::Era;

use crate::{
    fixture::{METADATA, Protected, challenge},
    support::BOTH,
};

#[tokio::test]
async fn a_token_decides_who_calls_and_what_they_may() {
    let protected = Protected::start().await;
    for era in BOTH {
        nobody_gets_in_without_a_token(&protected, era).await;
        a_caller_is_who_the_token_says(&protected, era).await;
        a_missing_scope_is_named(&protected, era).await;
    }
    only_what_is_declared_public_is_open(&protected).await;
    the_metadata_is_for_everybody(&protected).await;
}

async fn nobody_gets_in_without_a_token(protected: &Protected, era: Era) {
    let answer = protected.call(era, "maybe_who", None).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        challenge(&answer),
        format!("Bearer resource_metadata=\"{METADATA}\"")
    );
    let forged = protected.call(era, "maybe_who", Some("Bearer a.b.c")).await;
    assert_eq!(forged.status, 401);
    assert!(
        challenge(&forged).starts_with("Bearer error=\"invalid_token\""),
        "{}",
        challenge(&forged)
    );
}

async fn a_caller_is_who_the_token_says(protected: &Protected, era: Era) {
    let token = protected.token("openid");
    for (tool, seen) in [
        ("who", "usr_ada"),
        ("maybe_who", "usr_ada"),
        ("deep_who", "usr_ada"),
        ("sync_who", "usr_ada usr_ada"),
        ("blocking_who", "usr_ada usr_ada"),
    ] {
        let answer = protected.call(era, tool, Some(&token)).await.result();
        assert_eq!(answer["content"][0]["text"], seen, "{tool}: {answer}");
    }
    let seen = protected
        .call(era, "authorization", Some(&token))
        .await
        .result();
    assert_eq!(seen["content"][0]["text"], "none");
}

async fn a_missing_scope_is_named(protected: &Protected, era: Era) {
    let answer = protected
        .call(era, "write", Some(&protected.token("todo:read")))
        .await;
    assert_eq!(answer.status, 403);
    let error = json!({ "code": -32600, "message": "insufficient scope", "data": { "required_scopes": ["todo:read", "todo:write"] } });
    assert_eq!(
        answer.json(),
        json!({ "jsonrpc": "2.0", "id": 1, "error": error })
    );
    let expected = format!(
        "Bearer error=\"insufficient_scope\", scope=\"todo:read todo:write\", resource_metadata=\"{METADATA}\", \
         error_description=\"The access token lacks a required scope\""
    );
    assert_eq!(challenge(&answer), expected);
    let enough = protected
        .call(era, "write", Some(&protected.token("todo:read todo:write")))
        .await;
    assert_eq!(enough.status, 200, "{}", enough.text());
}

async fn only_what_is_declared_public_is_open(protected: &Protected) {
    for (path, status) in [
        ("/mine", 401),
        ("/open", 200),
        ("/health", 200),
        ("/MCP", 404),
        ("/mcp/", 404),
        ("/mcp", 401),
    ] {
        let answer = protected.server.ask(Method::GET, path, &[], "").await;
        assert_eq!(answer.status, status, "{path}");
    }
}

async fn the_metadata_is_for_everybody(protected: &Protected) {
    let path = "/.well-known/oauth-protected-resource";
    let evil = [("origin", "http://evil.example")];
    let at_root = protected.server.ask(Method::GET, path, &evil, "").await;
    let at_path = protected
        .server
        .ask(Method::GET, &format!("{path}/mcp"), &[], "")
        .await;
    assert_eq!(
        (at_root.status.as_u16(), &at_root.body),
        (200, &at_path.body)
    );
    let document: Value = at_root.json();
    assert_eq!(document["resource"], "http://localhost:3001/mcp");
    let server = format!(
        "{}/resources/res_test",
        protected.scalekit.environment_url()
    );
    assert_eq!(document["authorization_servers"], json!([server]));
    assert_eq!(
        document["scopes_supported"],
        json!(["todo:read", "todo:write"])
    );
}
