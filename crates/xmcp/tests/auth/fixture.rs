//! A server with a provider before it, and the environment that makes tokens for it.

use std::cell::RefCell;

use axum::{Router, routing::get};
use http::header;
use scalekit_emulator::{Builder, Emulator, Running};
use serde_json::{Value, json};
use xmcp::{
    App, Era, Middleware, Settings,
    auth::scalekit::{self, ScalekitConfig},
};

use crate::{
    callers,
    support::{Answer, Server},
    tools,
};

pub const METADATA: &str = "http://localhost:3001/.well-known/oauth-protected-resource/mcp";

thread_local! {
    /// A function without surroundings is what an app has for its middleware, so what it needs stands here. It runs on the
    /// test's own thread, on every kind of runtime.
    static ENVIRONMENT: RefCell<String> = RefCell::default();
}

pub struct Protected {
    pub server: Server,
    pub scalekit: Running,
}

fn middleware() -> xmcp::Result<Middleware> {
    let url = ENVIRONMENT.with_borrow(Clone::clone);
    let config = ScalekitConfig::new(&url)?.resource_id("res_test");
    Ok(Middleware::from(scalekit::provider(config))
        .routes(Router::new().route("/mine", get(|| async { "mine" })))
        .public(Router::new().route("/open", get(|| async { "open" }))))
}

impl Protected {
    pub async fn start() -> Self {
        Self::with(Emulator::builder()).await
    }

    pub async fn with(scalekit: Builder) -> Self {
        let scalekit = scalekit
            .resource_id("res_test")
            .server_url("http://localhost:3001/mcp")
            .start()
            .await
            .unwrap();
        ENVIRONMENT.set(scalekit.environment_url().to_owned());
        let app = App {
            state: Some(callers::state),
            middleware: Some(middleware),
            ..tools::app(callers::CALLERS)
        };
        let router = xmcp::router(app, Settings::default()).await.unwrap();
        Self {
            server: Server { router },
            scalekit,
        }
    }

    /// The credential of the first user with these scopes.
    pub fn token(&self, scope: &str) -> String {
        self.bearer(json!({ "sub": "usr_ada", "scope": scope, "scopes": scope.split(' ').collect::<Vec<_>>() }))
    }

    /// A credential with these changes to the claims of a good one.
    pub fn bearer(&self, claims: Value) -> String {
        format!("Bearer {}", self.scalekit.admin().mint(claims, json!({})))
    }

    pub async fn call(&self, era: Era, tool: &str, authorization: Option<&str>) -> Answer {
        let headers: Vec<_> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let params = json!({ "name": tool, "arguments": {} });
        Answer::read(self.server.open(era, "tools/call", params, &headers).await).await
    }
}

pub fn challenge(answer: &Answer) -> &str {
    answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap()
}
