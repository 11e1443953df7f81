//! A protected app whose handler calls on in the caller's name, and the environment that exchanges its token.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::{Extension, Router, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use scalekit_emulator::{Emulator, Running};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use xmcp_auth::{
    Clock, Dpop, Resource, Secret, Session, TokenExchange, TokenRequest,
    scalekit::{self, ScalekitConfig},
};

pub(crate) use crate::log::Log;

/// Where the environment exchanges tokens.
pub(crate) const ENDPOINT: &str = "/oauth/token";

/// The system's clocks, set forward by a test.
#[derive(Default)]
pub(crate) struct Ahead(Mutex<Duration>);

impl Ahead {
    pub(crate) fn advance(&self, seconds: u64) {
        *self.0.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for Ahead {
    fn now(&self) -> SystemTime {
        SystemTime::now() + *self.0.lock().unwrap()
    }

    fn instant(&self) -> Instant {
        Instant::now() + *self.0.lock().unwrap()
    }
}

pub(crate) struct Fixture {
    pub(crate) emulator: Running,
    pub(crate) clock: Arc<Ahead>,
    port: u16,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        Self::with(Some).await
    }

    pub(crate) async fn with(
        configure: impl FnOnce(TokenExchange) -> Option<TokenExchange>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let emulator = Emulator::builder()
            .port(0)
            .server_url(format!("http://localhost:{port}/mcp"))
            .resource_id("res_1")
            .start()
            .await
            .unwrap();
        let clock = Arc::new(Ahead::default());
        let client = emulator.connection().environment_client();
        let exchange = TokenExchange::new(
            format!("{}{ENDPOINT}", emulator.environment_url()),
            client.id(),
            Secret::new(client.secret()),
        );
        let config = ScalekitConfig::new(emulator.environment_url()).unwrap();
        let mut provider = scalekit::provider(config.resource_id("res_1")).dpop(Dpop::accepted());
        if let Some(exchange) = configure(exchange.clock(clock.clone())) {
            provider = provider.token_exchange(exchange);
        }
        let protected = provider
            .protect(Resource::on_loopback(port, "/mcp"))
            .unwrap();
        let app = Router::new()
            .route("/mcp", get(call_on))
            .route("/show", get(show))
            .layer(protected.layer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            emulator,
            clock,
            port,
        }
    }

    pub(crate) fn token(&self) -> String {
        self.emulator.admin().mint(json!({}), json!({}))
    }

    /// What the handler says that got `query` from a caller with this token.
    pub(crate) async fn get(&self, path: &str, query: &str, token: &str) -> String {
        let url = format!("http://127.0.0.1:{}{path}?{query}", self.port);
        let request = client()
            .get(url)
            .header("authorization", format!("Bearer {token}"));
        request.send().await.unwrap().text().await.unwrap()
    }

    /// The token that the handler got, or the error.
    pub(crate) async fn exchanged(&self, query: &str, token: &str) -> String {
        self.get("/mcp", query, token).await
    }

    /// How many tokens were asked for.
    pub(crate) fn asked(&self) -> usize {
        self.emulator.admin().hits(ENDPOINT)
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The claims of a token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    let claims = token
        .split('.')
        .nth(1)
        .unwrap_or_else(|| panic!("no token: {token}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

fn wanted(uri: &http::Uri) -> TokenRequest {
    let query = uri.query().unwrap_or_default();
    let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect();
    let of = |name: &str| {
        let found = query.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    };
    let request = match of("resource") {
        Some(url) => TokenRequest::for_resource(url),
        None => TokenRequest::from(of("audience").unwrap_or("https://api.example.com")),
    };
    request.scopes(of("scope").unwrap_or_default().split_whitespace())
}

async fn call_on(session: Extension<Session>, uri: http::Uri) -> String {
    match session.token_for(wanted(&uri)).await {
        Ok(token) => token.expose().to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Everything that can be printed.
async fn show(session: Extension<Session>, uri: http::Uri) -> String {
    let token = session.token_for(wanted(&uri)).await;
    let authorization = token.as_ref().map(|token| token.authorization());
    format!(
        "{session:?} {session:#?} {token:?} {authorization:?} {:?}",
        session.claims()
    )
}
