//! A protected app, the environment that vouches for its callers, a clock, and what is logged.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::{Extension, Router, body::Body, extract::Request, response::Response, routing::any};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use scalekit_emulator::{Emulator, Running};
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp_auth::{Clock, Provider, Resource, Session, introspection::IntrospectionConfig};

pub(crate) use crate::log::Log;

pub(crate) const RESOURCE: &str = "http://localhost:3001/mcp";
pub(crate) const METADATA: &str =
    r#"resource_metadata="http://localhost:3001/.well-known/oauth-protected-resource/mcp""#;
pub(crate) const INTROSPECT: &str = "/oauth/introspect";

/// Goes when a test moves it.
pub(crate) struct ManualClock {
    start: (SystemTime, Instant),
    passed: Mutex<Duration>,
}

impl ManualClock {
    pub(crate) fn start() -> Arc<Self> {
        Arc::new(Self {
            start: (SystemTime::now(), Instant::now()),
            passed: Mutex::default(),
        })
    }

    pub(crate) fn advance(&self, seconds: u64) {
        *self.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// So many seconds from now, as tokens have it.
    pub(crate) fn seconds(&self, from_now: i64) -> i64 {
        let now = self.now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        i64::try_from(now.as_secs()).unwrap() + from_now
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        self.start.0 + *self.passed.lock().unwrap()
    }

    fn instant(&self) -> Instant {
        self.start.1 + *self.passed.lock().unwrap()
    }
}

/// An app that says who calls.
pub(crate) struct App(Router);

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: String,
}

impl App {
    pub(crate) fn of(provider: Provider) -> Self {
        let protected = provider.protect(Resource::new(RESOURCE)).unwrap();
        Self(
            Router::new()
                .route("/mcp", any(whoami))
                .layer(protected.layer)
                .merge(protected.metadata),
        )
    }

    pub(crate) async fn request(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request) -> Answer {
        Answer::of(self.0.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn bearer(&self, token: &str) -> Answer {
        self.request("/mcp", &[("authorization", &format!("Bearer {token}"))])
            .await
    }

    pub(crate) async fn key(&self, key: &str) -> Answer {
        self.request("/mcp", &[("x-api-key", key)]).await
    }

    /// The metadata's status.
    pub(crate) async fn metadata(&self) -> Answer {
        let path = "/.well-known/oauth-protected-resource/mcp";
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }
}

impl Answer {
    async fn of(response: Response) -> Self {
        let header = |name: header::HeaderName| {
            let mut values = response.headers().get_all(name).iter();
            let value = values
                .next()
                .map(|value| value.to_str().unwrap().to_owned());
            assert!(values.next().is_none());
            value
        };
        let (challenge, retry_after) = (
            header(header::WWW_AUTHENTICATE),
            header(header::RETRY_AFTER),
        );
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Self {
            status,
            challenge,
            retry_after,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The user, if the handler ran.
    pub(crate) fn user(&self) -> Option<String> {
        (self.status == 200).then(|| self.json()["user"].as_str().unwrap().to_owned())
    }
}

async fn whoami(session: Option<Extension<Session>>, headers: HeaderMap) -> String {
    let credentials = ["authorization", "x-api-key", "x-notes-key"];
    let seen = credentials.iter().any(|name| headers.contains_key(*name));
    assert!(!seen, "a credential got through to the handler");
    let Some(Extension(session)) = session else {
        return json!({ "user": "nobody" }).to_string();
    };
    json!({
        "user": session.user_id(),
        "issuer": session.issuer(),
        "scopes": session.scopes().to_string(),
        "organization": session.organization_id(),
        "machine": session.is_machine(),
    })
    .to_string()
}

pub(crate) async fn emulator() -> Running {
    Emulator::builder()
        .port(0)
        .resource_id("res_1")
        .server_url(RESOURCE)
        .start()
        .await
        .unwrap()
}

/// Asks the emulator, as a client of the MCP server.
pub(crate) fn introspection(emulator: &Running, clock: &Arc<ManualClock>) -> IntrospectionConfig {
    let client = emulator.connection().mcp_client();
    unproven(emulator)
        .client_secret_basic(client.id(), client.secret())
        .clock(Arc::<ManualClock>::clone(clock))
}

/// Asks the emulator, and does not say who asks.
pub(crate) fn unproven(emulator: &Running) -> IntrospectionConfig {
    let url = emulator.environment_url();
    IntrospectionConfig::new(&format!("{url}{INTROSPECT}"), url).unwrap()
}
