//! A protected app on a port of its own, an environment that vouches for its callers, and proofs in the making.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    Extension, Router,
    routing::{any, get},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Method};
use scalekit_emulator::{Emulator, Running};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use xmcp_auth::{
    Clock, Dpop, Resource, Session,
    scalekit::{self, ScalekitConfig},
};

use crate::signing_key::SigningKey;

/// The clock of proofs, which stands still until a test moves it. Tokens go by the system's.
pub(crate) struct Still {
    start: Instant,
    passed: Mutex<Duration>,
}

const START: u64 = 1_788_433_620;

impl Still {
    pub(crate) fn advance(&self, seconds: u64) {
        *self.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    pub(crate) fn seconds(&self) -> u64 {
        START + self.passed.lock().unwrap().as_secs()
    }
}

impl Clock for Still {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.seconds())
    }

    fn instant(&self) -> Instant {
        self.start + *self.passed.lock().unwrap()
    }
}

pub(crate) struct Fixture {
    pub(crate) emulator: Running,
    pub(crate) port: u16,
    pub(crate) clock: Arc<Still>,
    pub(crate) key: SigningKey,
}

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: String,
    pub(crate) body: String,
}

impl Answer {
    /// The `error` of the body, empty if there is none.
    pub(crate) fn error(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["error"].as_str().unwrap_or_default().to_owned()
    }
}

impl Fixture {
    pub(crate) async fn start(dpop: Option<Dpop>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let emulator = Emulator::builder()
            .port(0)
            .server_url(format!("http://localhost:{port}/mcp"))
            .resource_id("res_1")
            .start()
            .await
            .unwrap();
        let clock = Arc::new(Still {
            start: Instant::now(),
            passed: Mutex::default(),
        });
        let config = ScalekitConfig::new(emulator.environment_url()).unwrap();
        let mut provider = scalekit::provider(config.resource_id("res_1"));
        if let Some(dpop) = dpop {
            provider = provider.dpop(dpop.clock(clock.clone()));
        }
        let protected = provider
            .protect(Resource::on_loopback(port, "/mcp"))
            .unwrap();
        let app = Router::new()
            .route("/mcp", any(seen))
            .route("/export", get(seen))
            .layer(protected.layer)
            .merge(protected.metadata);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            emulator,
            port,
            clock,
            key: SigningKey::p256("key"),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A token that is bound to the fixture's key.
    pub(crate) fn bound_token(&self) -> String {
        self.token_with(json!({ "jkt": thumbprint(&self.key) }))
    }

    pub(crate) fn token_with(&self, confirmation: Value) -> String {
        let claims = json!({ "cnf": confirmation });
        self.emulator.admin().mint(claims, json!({}))
    }

    /// A good proof for a `POST` of this token to the endpoint.
    pub(crate) fn proof(&self, token: &str) -> Proof {
        Proof {
            header: json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": public(&self.key) }),
            claims: json!({
                "jti": URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())), "htm": "POST", "htu": self.url("/mcp"),
                "iat": self.clock.seconds(), "ath": URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())),
            }),
        }
    }

    pub(crate) async fn post(&self, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::POST, "/mcp", headers).await
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = client().request(method, self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let challenge = response.headers().get("www-authenticate");
        Answer {
            status: response.status().as_u16(),
            challenge: challenge.map_or_else(String::new, |value| value.to_str().unwrap().into()),
            body: response.text().await.unwrap(),
        }
    }

    /// What comes of a token with this proof.
    pub(crate) async fn with_proof(&self, token: &str, proof: &str) -> Answer {
        let authorization = format!("DPoP {token}");
        self.post(&[("authorization", &authorization), ("dpop", proof)])
            .await
    }
}

async fn seen(session: Extension<Session>, headers: HeaderMap) -> String {
    let is_there = |name| headers.contains_key(name);
    format!(
        "{} {} {}",
        session.user_id(),
        is_there("authorization"),
        is_there("dpop")
    )
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The public half of a key, with no more members than it needs.
pub(crate) fn public(key: &SigningKey) -> Value {
    let mut jwk = key.jwk();
    let members = jwk.as_object_mut().unwrap();
    members.retain(|name, _| ["kty", "crv", "x", "y", "n", "e"].contains(&name.as_str()));
    members.sort_keys();
    jwk
}

/// RFC 7638: the members that a key needs, in order, without spaces.
pub(crate) fn thumbprint(key: &SigningKey) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, public(key).to_string().as_bytes()))
}

/// A proof in the making.
#[derive(Clone)]
pub(crate) struct Proof {
    header: Value,
    claims: Value,
}

impl Proof {
    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.header, name, value.into());
        self
    }

    /// With this claim; null removes it.
    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        set(&mut self.claims, name, value.into());
        self
    }

    pub(crate) fn by(&self, key: &SigningKey) -> String {
        self.signed(&self.header.to_string(), &self.claims.to_string(), key)
    }

    /// With a member of the header or of the claims there twice.
    pub(crate) fn twice(&self, header: &str, claims: &str, key: &SigningKey) -> String {
        let with = |value: &Value, more: &str| format!("{{{more}{}", &value.to_string()[1..]);
        self.signed(
            &with(&self.header, header),
            &with(&self.claims, claims),
            key,
        )
    }

    fn signed(&self, header: &str, claims: &str, key: &SigningKey) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let algorithm = self.header["alg"].as_str().unwrap_or_default();
        let signature = key.sign(algorithm, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    let members = object.as_object_mut().unwrap();
    match value {
        Value::Null => drop(members.shift_remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
}
