//! A provider before the endpoint: a local Scalekit environment vouches for callers, and their tokens decide.

use std::sync::OnceLock;

use axum::{Router, routing::get};
use http::{Method, header};
use scalekit_emulator::{Emulator, Running};
use serde_json::{Value, json};
use xmcp::{
    App, Era, Middleware, Settings,
    auth::scalekit::{self, ScalekitConfig},
};

use crate::{
    support::{Answer, BOTH, Server},
    tools,
};

const METADATA: &str = "http://localhost:3001/.well-known/oauth-protected-resource/mcp";

/// A function without surroundings is what an app has for its middleware, so what it needs stands here. Every test of this
/// file sets the same.
static ENVIRONMENT: OnceLock<String> = OnceLock::new();

struct Protected {
    server: Server,
    scalekit: Running,
}

fn middleware() -> xmcp::Result<Middleware> {
    let url = ENVIRONMENT.get().expect("set before the app starts");
    let config = ScalekitConfig::new(url)?.resource_id("res_test");
    Ok(Middleware::from(scalekit::provider(config))
        .routes(Router::new().route("/mine", get(|| async { "mine" })))
        .public(Router::new().route("/open", get(|| async { "open" }))))
}

impl Protected {
    async fn start() -> Self {
        let scalekit = Emulator::builder()
            .resource_id("res_test")
            .server_url("http://localhost:3001/mcp")
            .start()
            .await
            .unwrap();
        let url = ENVIRONMENT.get_or_init(|| scalekit.environment_url().to_owned());
        assert_eq!(url, scalekit.environment_url(), "one environment a process");
        let app = App {
            middleware: Some(middleware),
            ..tools::app(tools::CALLERS)
        };
        let router = xmcp::router(app, Settings::default()).await.unwrap();
        Self {
            server: Server { router },
            scalekit,
        }
    }

    fn token(&self, scope: &str) -> String {
        let claims = json!({ "sub": "usr_ada", "scope": scope, "scopes": scope.split(' ').collect::<Vec<_>>() });
        format!("Bearer {}", self.scalekit.admin().mint(claims, json!({})))
    }

    async fn call(&self, era: Era, tool: &str, authorization: Option<&str>) -> Answer {
        let headers: Vec<_> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let params = json!({ "name": tool, "arguments": {} });
        Answer::read(self.server.open(era, "tools/call", params, &headers).await).await
    }
}

fn challenge(answer: &Answer) -> &str {
    answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap()
}

/// One test, because an app's middleware is one function and a process has one environment to name in it.
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
    for tool in ["who", "maybe_who", "deep_who", "blocking_who"] {
        let answer = protected.call(era, tool, Some(&token)).await.result();
        assert_eq!(answer["content"][0]["text"], "usr_ada", "{tool}: {answer}");
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
