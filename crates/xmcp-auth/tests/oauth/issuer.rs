//! An issuer on this machine, whose answers a test writes path by path.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::AbortHandle};

use crate::signing_key::{SigningKey, ada};

pub(crate) const OAUTH: &str = "/.well-known/oauth-authorization-server";
pub(crate) const OPENID: &str = "/.well-known/openid-configuration";

/// What is answered at a path.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

/// An issuer that answers 404 wherever a test says nothing else, and counts.
pub(crate) struct Issuer {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    answers: Mutex<HashMap<String, Answer>>,
    hits: Mutex<HashMap<String, usize>>,
    seen: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

impl Answer {
    pub(crate) fn of(body: impl Into<String>) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            body: body.into(),
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self {
            status,
            ..Self::of("")
        }
    }

    pub(crate) fn redirect(to: String) -> Self {
        Self {
            headers: vec![("location", to)],
            ..Self::status(302)
        }
    }

    pub(crate) fn keys<'a>(keys: impl IntoIterator<Item = &'a SigningKey>) -> Self {
        let keys: Vec<_> = keys.into_iter().map(SigningKey::jwk).collect();
        Self::of(json!({ "keys": keys }).to_string())
    }
}

impl Issuer {
    /// With `ada`'s key at `/keys`, which the document of RFC 8414 names.
    pub(crate) async fn start() -> Self {
        let issuer = Self::bare().await;
        issuer.answers(OAUTH, issuer.document());
        issuer.answers("/keys", Answer::keys([ada()]));
        issuer
    }

    /// With nothing.
    pub(crate) async fn bare() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            answers: Mutex::default(),
            hits: Mutex::default(),
            seen: watch::Sender::new(0),
            open: watch::Sender::new(true),
        });
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            url,
            shared,
            task: task.abort_handle(),
        }
    }

    pub(crate) fn document(&self) -> Answer {
        self.document_with(json!({}))
    }

    /// The metadata, with these members instead.
    pub(crate) fn document_with(&self, members: Value) -> Answer {
        let mut document = json!({
            "issuer": self.url, "jwks_uri": format!("{}/keys", self.url),
            "authorization_endpoint": format!("{}/authorize", self.url), "token_endpoint": format!("{}/token", self.url),
        });
        for (name, value) in members.as_object().unwrap() {
            document[name] = value.clone();
        }
        Answer::of(document.to_string())
    }

    pub(crate) fn answers(&self, path: &str, answer: Answer) {
        self.shared
            .answers
            .lock()
            .unwrap()
            .insert(path.to_owned(), answer);
    }

    /// How often this path was asked for.
    pub(crate) fn hits(&self, path: &str) -> usize {
        self.shared
            .hits
            .lock()
            .unwrap()
            .get(path)
            .copied()
            .unwrap_or_default()
    }

    /// How often anything was.
    pub(crate) fn all_hits(&self) -> usize {
        *self.shared.seen.borrow()
    }

    /// Keeps those who ask waiting, until [`Self::release`].
    pub(crate) fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    pub(crate) fn release(&self) {
        self.shared.open.send_replace(true);
    }

    /// Waits until so many asked for anything.
    pub(crate) async fn asked(&self, times: usize) {
        let mut seen = self.shared.seen.subscribe();
        seen.wait_for(|seen| *seen >= times).await.unwrap();
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    *shared.hits.lock().unwrap().entry(path.clone()).or_default() += 1;
    shared.seen.send_modify(|seen| *seen += 1);
    shared
        .open
        .subscribe()
        .wait_for(|open| *open)
        .await
        .unwrap();
    let answers = shared.answers.lock().unwrap();
    let Some(answer) = answers.get(&path) else {
        return Response::builder()
            .status(StatusCode::NOT_FOUND)
            .body(Body::empty())
            .unwrap();
    };
    let mut response = Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    response.body(Body::from(answer.body.clone())).unwrap()
}

/// A token with these claims, signed by this key.
pub(crate) fn sign(key: &SigningKey, algorithm: &str, claims: &Value) -> String {
    let header = json!({ "alg": algorithm, "kid": key.id, "typ": "at+jwt" });
    sign_with_header(key, &header, claims)
}

pub(crate) fn sign_with_header(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = key.sign(header["alg"].as_str().unwrap(), message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
