//! A protected app, a verifier whose tokens say what they are, and the answers that are expected.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{any, get},
};
use futures_util::future::BoxFuture;
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use xmcp_auth::{
    Credential, Protected, Provider, Reason, Resource, Session, Verifier, VerifyError,
};

pub(crate) const METADATA: &str =
    r#"resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp""#;

/// A verifier whose tokens say what they are, and which counts how often it is asked.
#[derive(Clone, Default)]
pub(crate) struct Fake {
    pub(crate) asked: Arc<AtomicUsize>,
}

impl Verifier for Fake {
    fn verify<'a>(
        &'a self,
        credential: Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>> {
        let token = credential.token().expect("a token alone is taken here");
        self.asked.fetch_add(1, Ordering::Relaxed);
        let scopes = token
            .strip_prefix("ok")
            .map(|scopes| scopes.split('/').skip(1));
        let user = token.strip_prefix("user/");
        let verified = match (token, scopes) {
            _ if user.is_some() => Ok(Session::for_test(user.unwrap_or_default()).build()),
            (_, Some(scopes)) => Ok(Session::for_test("usr_1").scopes(scopes).build()),
            ("remembered", _) => Ok(Session::for_test("usr_1").build()),
            ("expired", _) => Err(VerifyError::Expired),
            ("unavailable", _) => Err(VerifyError::Unavailable {
                retry_after: Duration::from_millis(4200),
            }),
            _ => Err(VerifyError::Invalid(Reason::Malformed)),
        };
        Box::pin(async { verified })
    }

    fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        let session = || Session::for_test("usr_1").build();
        (credential.token() == Some("remembered")).then(session)
    }
}

pub(crate) struct App {
    pub(crate) router: Router,
    pub(crate) asked: Arc<AtomicUsize>,
}

pub(crate) fn provider(verifier: Fake) -> Provider {
    Provider::new(["https://env.example.com/resources/res_1"], verifier)
}

pub(crate) fn app() -> App {
    app_of(
        |provider| provider,
        Resource::new("https://mcp.example.com/mcp"),
    )
}

pub(crate) fn app_of(terms: impl FnOnce(Provider) -> Provider, resource: Resource) -> App {
    let verifier = Fake::default();
    let asked = Arc::clone(&verifier.asked);
    let protected = terms(provider(verifier)).protect(resource).unwrap();
    App {
        router: mount(protected),
        asked,
    }
}

/// What the handler saw of the request.
pub(crate) async fn seen(session: Option<Extension<Session>>, headers: HeaderMap) -> String {
    let user = session.map_or_else(
        || "nobody".to_owned(),
        |session| session.user_id().to_owned(),
    );
    format!("{user} {}", headers.contains_key(header::AUTHORIZATION))
}

pub(crate) fn mount(protected: Protected) -> Router {
    Router::new()
        .route("/mcp", any(seen))
        .route("/admin/users", get(seen))
        .layer(protected.layer)
        .merge(protected.metadata)
        .route("/public", get(seen))
}

pub(crate) fn request(authorization: &[&str]) -> Request {
    let mut request = Request::post("/mcp");
    for value in authorization {
        request = request.header(header::AUTHORIZATION, *value);
    }
    request.body(Body::empty()).unwrap()
}

impl App {
    pub(crate) async fn send(&self, request: Request) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(crate) async fn answer(&self, authorization: &[&str]) -> Answer {
        Answer::of(self.send(request(authorization)).await).await
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) challenge: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: Response) -> Self {
        let challenges: Vec<_> = response
            .headers()
            .get_all(header::WWW_AUTHENTICATE)
            .iter()
            .collect();
        assert!(challenges.len() <= 1);
        let challenge = challenges
            .first()
            .map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Self {
            status,
            challenge,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

pub(crate) fn missing() -> Answer {
    Answer {
        status: 401,
        challenge: Some(format!("Bearer {METADATA}")),
        body: r#"{"error":"unauthorized","error_description":"Missing or invalid bearer token"}"#
            .into(),
    }
}

pub(crate) fn invalid() -> Answer {
    Answer {
        status: 401,
        challenge: Some(format!(
            r#"Bearer error="invalid_token", error_description="Token verification failed", {METADATA}"#
        )),
        body: r#"{"error":"invalid_token","error_description":"Token verification failed"}"#.into(),
    }
}

pub(crate) fn ambiguous() -> Answer {
    Answer {
        status: 400,
        challenge: Some(format!(r#"Bearer error="invalid_request", {METADATA}"#)),
        body:
            r#"{"error":"invalid_request","error_description":"More than one credential was sent"}"#
                .into(),
    }
}

pub(crate) fn served(body: &str) -> Answer {
    Answer {
        status: 200,
        challenge: None,
        body: body.into(),
    }
}

pub(crate) fn get_at(path: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

pub(crate) const PATH_FORM: &str = "/.well-known/oauth-protected-resource/mcp";
pub(crate) const ROOT_FORM: &str = "/.well-known/oauth-protected-resource";
