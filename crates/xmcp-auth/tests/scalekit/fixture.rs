//! A protected app on a port of its own, the environment that vouches for its callers, and what is logged.

use axum::{Extension, Router, routing::get};
use http::StatusCode;
use scalekit_emulator::{Emulator, Running};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use xmcp_auth::{
    Resource, Session,
    scalekit::{self, ScalekitConfig},
};

pub(crate) use crate::log::Log;

impl Log {
    /// How many lines have this in them.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.text()
            .lines()
            .filter(|line| line.contains(part))
            .count()
    }
}

/// A protected app on a port of its own, and the environment that vouches for its callers.
pub(crate) struct Fixture {
    pub(crate) emulator: Running,
    pub(crate) port: u16,
    pub(crate) log: Log,
}

impl Fixture {
    pub(crate) async fn start(
        configure: impl FnOnce(ScalekitConfig, &Running) -> ScalekitConfig,
    ) -> Self {
        let log = Log::start();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let emulator = Emulator::builder()
            .port(0)
            .server_url(format!("http://localhost:{port}/mcp"))
            .resource_id("res_1")
            .start()
            .await
            .unwrap();
        let config = ScalekitConfig::new(emulator.environment_url()).unwrap();
        let protected = scalekit::provider(configure(config, &emulator))
            .protect(Resource::on_loopback(port, "/mcp").sign_in("how to sign in"))
            .unwrap();
        let app = Router::new()
            .route("/mcp", get(whoami))
            .layer(protected.layer)
            .merge(protected.metadata);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            emulator,
            port,
            log,
        }
    }

    pub(crate) async fn with_resource_id() -> Self {
        Self::start(|config, emulator| config.resource_id(emulator.resource_id())).await
    }

    pub(crate) async fn with_legacy_metadata() -> Self {
        Self::start(|config, emulator| {
            config
                .resource_id(emulator.resource_id())
                .legacy_as_metadata_proxy()
        })
        .await
    }

    pub(crate) async fn send(&self, token: Option<&str>) -> reqwest::Response {
        let mut request = client().get(format!("http://127.0.0.1:{}/mcp", self.port));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.send().await.unwrap()
    }

    pub(crate) async fn status(&self, token: &str) -> u16 {
        self.send(Some(token)).await.status().as_u16()
    }

    /// The status of a genuine token with these claims changed.
    pub(crate) async fn status_of(&self, claims: Value) -> u16 {
        self.status(&self.emulator.admin().mint(claims, json!({})))
            .await
    }

    /// A token that a client of the environment got for its credentials.
    pub(crate) async fn client_token(
        &self,
        credentials: &scalekit_emulator::Credentials,
    ) -> String {
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            credentials.id(),
            credentials.secret()
        );
        let response = client()
            .post(format!("{}/oauth/token", self.emulator.environment_url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let answer = document(response).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }
}

async fn whoami(session: Extension<Session>) -> String {
    format!(
        "{} {}",
        session.user_id(),
        session.organization_id().unwrap_or("-")
    )
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

pub(crate) async fn document(response: reqwest::Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}
