//! A protected route, the issuer that vouches for its callers, and a clock that a test moves.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, extract::Request, response::Response, routing::get};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp_auth::{
    Provider, Resource, Session,
    oauth::{self, OAuthConfig},
};

use crate::{
    clock::ManualClock,
    issuer::{Issuer, sign},
    signing_key::ada,
};

pub(crate) const RESOURCE: &str = "https://notes.example.com/mcp";

pub(crate) struct Fixture {
    pub(crate) issuer: Issuer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) app: Router,
}

/// What came of a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(Issuer::start().await, |config| config)
    }

    /// The issuer that says nothing yet.
    pub(crate) async fn bare() -> Self {
        Self::with(Issuer::bare().await, |config| config)
    }

    pub(crate) fn with(issuer: Issuer, configure: impl FnOnce(OAuthConfig) -> OAuthConfig) -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = OAuthConfig::new(issuer.url.clone())
            .unwrap()
            .clock(clock.clone());
        let provider = oauth::provider(configure(config));
        Self {
            app: mount(provider),
            issuer,
            clock,
        }
    }

    /// What a token of the issuer for this resource says.
    pub(crate) fn claims(&self) -> Value {
        let now = self.clock.seconds();
        json!({
            "iss": self.issuer.url, "aud": RESOURCE, "sub": "usr_1", "client_id": "client_1", "scope": "notes:read",
            "iat": now, "exp": now + 600, "jti": "tkn_1",
        })
    }

    /// The same with these claims instead; `null` removes one.
    pub(crate) fn claims_with(&self, members: Value) -> Value {
        let mut claims = self.claims();
        for (name, value) in members.as_object().unwrap() {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(name),
                value => claims
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        claims
    }

    pub(crate) fn token(&self, members: Value) -> String {
        sign(ada(), "RS256", &self.claims_with(members))
    }

    pub(crate) async fn outcome(&self, token: &str) -> Outcome {
        let response = send(&self.app, token).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Outcome {
            status,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn status(&self, token: &str) -> u16 {
        self.outcome(token).await.status
    }

    /// The status of a genuine token with these claims instead.
    pub(crate) async fn status_of(&self, members: Value) -> u16 {
        self.status(&self.token(members)).await
    }
}

pub(crate) fn mount(provider: Provider) -> Router {
    let protected = provider.protect(Resource::new(RESOURCE)).unwrap();
    Router::new()
        .route("/mcp", get(whoami))
        .layer(protected.layer)
        .merge(protected.metadata)
}

pub(crate) async fn send(app: &Router, token: &str) -> Response {
    let request = Request::get("/mcp").header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

async fn whoami(session: Extension<Session>) -> String {
    format!(
        "{} of {} by {}, {} {:?}",
        session.user_id(),
        session.organization_id().unwrap_or("nobody"),
        session.client_id().unwrap_or("nothing"),
        session.scopes(),
        session.roles()
    )
}
