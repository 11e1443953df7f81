//! Keys of applications: row K1 of the adversarial table, and the rest.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
};
use http::HeaderValue;
use serde_json::json;
use xmcp_auth::{
    Limits, Secret, Session,
    api_key::{self, ApiKeyConfig, Key},
};

use crate::fixture::{Answer, App, Log, ManualClock};

const KEY: &str = "k-3f9a1c77e05b4d22";
const OTHER: &str = "k-00000000000000000000";

fn config() -> ApiKeyConfig {
    ApiKeyConfig::new()
        .key(Key::new("ci", KEY).scopes(["notes:read"]))
        .key(Key::new("nightly", OTHER).scopes(["notes:read", "notes:write"]))
}

fn app(config: ApiKeyConfig) -> App {
    App::of(api_key::provider(config))
}

fn refused(status: u16, challenge: &str, error: &str, description: &str) -> Answer {
    Answer {
        status,
        challenge: Some(challenge.to_owned()),
        retry_after: None,
        body: json!({ "error": error, "error_description": description }).to_string(),
    }
}

fn missing() -> Answer {
    refused(
        401,
        r#"ApiKey realm="mcp""#,
        "unauthorized",
        "Missing or invalid API key",
    )
}

fn invalid() -> Answer {
    refused(
        401,
        r#"ApiKey error="invalid_token", error_description="API key verification failed", realm="mcp""#,
        "invalid_token",
        "API key verification failed",
    )
}

fn ambiguous() -> Answer {
    refused(
        400,
        r#"ApiKey error="invalid_request", realm="mcp""#,
        "invalid_request",
        "More than one credential was sent",
    )
}

#[tokio::test]
async fn k1_the_right_key_opens_and_its_holder_is_its_name() {
    let app = app(config());
    let expected = json!({
        "user": "ci", "issuer": "api-key", "scopes": "notes:read", "organization": null, "machine": true,
    });
    for (name, value) in [
        ("x-api-key", KEY.to_owned()),
        ("authorization", format!("ApiKey {KEY}")),
        ("authorization", format!("apikey   {KEY}")),
    ] {
        let answer = app.request("/mcp", &[(name, &value)]).await;
        assert_eq!(answer.json(), expected);
    }
    assert_eq!(app.key(OTHER).await.user().as_deref(), Some("nightly"));
}

#[tokio::test]
async fn k1_what_is_near_the_right_key_is_as_wrong_as_anything() {
    let log = Log::start();
    let app = app(config());
    let near = [
        KEY.replace("k-3", "k-4"),
        KEY.replace("22", "23"),
        KEY[..KEY.len() - 1].to_owned(),
        KEY[..16].to_owned(),
        format!("{KEY}0"),
        KEY[1..].to_owned(),
        KEY.to_uppercase(),
        format!("{KEY},{OTHER}"),
        "ci".to_owned(),
        "\"\"".to_owned(),
        // The digest of the key opens nothing.
        "311b269abf704a9225dcd575c26522c81681f5c8dfee58492fe2d7a62e18200c".to_owned(),
    ];
    for wrong in &near {
        assert_eq!(app.key(wrong).await, invalid(), "{wrong}");
    }
    assert_eq!(app.key("").await, invalid());
    assert_eq!(app.key(&format!("{KEY} {OTHER}")).await, invalid());
    let log = log.text();
    assert!(log.contains("the credential is not known"), "{log}");
    for shown in near.iter().filter(|text| text.len() > 2) {
        assert!(!log.contains(shown), "{log}");
    }
}

#[tokio::test]
async fn k1_without_a_key_the_challenge_names_the_scheme() {
    let app = app(config());
    for headers in [
        &[][..],
        &[("authorization", "Basic dXNlcjpwdw==")],
        // Nobody takes tokens here.
        &[("authorization", "Bearer abc")],
        &[("authorization", "ApiKey")],
        &[("authorization", "ApiKey ")],
        &[("cookie", "x-api-key=k-3f9a1c77e05b4d22")],
    ] {
        assert_eq!(app.request("/mcp", headers).await, missing(), "{headers:?}");
    }
}

#[tokio::test]
async fn k1_two_keys_are_one_too_many_even_if_both_are_right() {
    let app = app(config());
    let scheme = format!("ApiKey {KEY}");
    for headers in [
        [("x-api-key", KEY), ("x-api-key", KEY)],
        [("x-api-key", KEY), ("x-api-key", "wrong")],
        [("x-api-key", KEY), ("authorization", &scheme)],
        [("authorization", &scheme), ("authorization", &scheme)],
    ] {
        assert_eq!(
            app.request("/mcp", &headers).await,
            ambiguous(),
            "{headers:?}"
        );
    }
    // A credential of a kind that nobody takes here is none.
    let headers = [("x-api-key", KEY), ("authorization", "Basic dXNlcjpwdw==")];
    assert_eq!(app.request("/mcp", &headers).await.status, 200);
}

#[tokio::test]
async fn k1_a_key_in_the_query_is_never_read() {
    let app = app(config());
    for name in ["x-api-key", "api_key", "apikey", "key"] {
        let path = format!("/mcp?{name}={KEY}");
        assert_eq!(app.request(&path, &[]).await, missing(), "{path}");
    }
    let path = format!("/mcp?access_token={KEY}");
    assert_eq!(app.request(&path, &[]).await, missing());
}

#[tokio::test]
async fn k1_a_key_of_a_mebibyte_is_refused_before_anybody_looks_at_it() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let app = app(config().validator(move |_: Secret| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Ok(None) }
    }));
    let huge = HeaderValue::try_from("x".repeat(1024 * 1024)).unwrap();
    let request = Request::post("/mcp").header("x-api-key", huge);
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer, invalid());
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn keys_alone_have_no_metadata_for_there_is_no_authorization_server() {
    assert_eq!(app(config()).metadata().await.status, 404);
}

#[tokio::test]
async fn a_key_without_a_scope_that_every_request_needs_is_told_which() {
    let app = App::of(api_key::provider(config()).required_scopes(["notes:write"]));
    assert_eq!(app.key(OTHER).await.status, 200);
    let answer = app.key(KEY).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.challenge.as_deref(),
        Some(
            r#"ApiKey error="insufficient_scope", scope="notes:write", realm="mcp", error_description="The API key lacks a required scope""#
        )
    );
}

#[tokio::test]
async fn keys_come_in_the_header_that_configuration_names() {
    let app = app(config().header("X-Notes-Key"));
    assert_eq!(
        app.request("/mcp", &[("x-notes-key", KEY)]).await.status,
        200
    );
    let scheme = format!("ApiKey {KEY}");
    assert_eq!(
        app.request("/mcp", &[("authorization", &scheme)])
            .await
            .status,
        200
    );
    let answer = app.request("/mcp", &[("x-notes-key", "wrong")]).await;
    assert_eq!(answer, invalid());
}

/// A validator of one key, that counts, and fails when it is told to.
#[derive(Clone, Default)]
struct Owners {
    asked: Arc<AtomicUsize>,
    fails: Arc<AtomicBool>,
}

impl Owners {
    fn config(&self, clock: Arc<ManualClock>) -> ApiKeyConfig {
        let owners = self.clone();
        config().clock(clock).validator(move |key: Secret| {
            owners.asked.fetch_add(1, Ordering::Relaxed);
            let fails = owners.fails.load(Ordering::Relaxed);
            async move {
                if fails {
                    return Err("the database is gone".into());
                }
                let owner = (key.expose() == "a-key-of-the-database").then_some("grace");
                Ok(owner.map(|owner| Session::builder("https://keys.example", owner).build()))
            }
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[tokio::test]
async fn a_validator_is_asked_about_other_keys_and_its_answers_are_believed_for_a_moment() {
    let (owners, clock) = (Owners::default(), ManualClock::start());
    let app = app(owners.config(clock.clone()));
    for _ in 0..10 {
        assert_eq!(
            app.key("a-key-of-the-database").await.user().as_deref(),
            Some("grace")
        );
        assert_eq!(app.key("a-key-that-nobody-has").await, invalid());
        assert_eq!(app.key(KEY).await.user().as_deref(), Some("ci"));
        assert_eq!(app.key("short").await, invalid());
    }
    assert_eq!(owners.asked(), 2);
    clock.advance(10);
    assert_eq!(app.key("a-key-that-nobody-has").await, invalid());
    assert_eq!(app.key("a-key-of-the-database").await.status, 200);
    assert_eq!(owners.asked(), 3);
    clock.advance(20);
    assert_eq!(app.key("a-key-of-the-database").await.status, 200);
    assert_eq!(owners.asked(), 4);
}

#[tokio::test]
async fn a_validator_that_fails_refuses_nobody() {
    let (owners, clock) = (Owners::default(), ManualClock::start());
    let log = Log::start();
    let app = app(owners.config(clock));
    assert_eq!(app.key("a-key-of-the-database").await.status, 200);
    owners.fails.store(true, Ordering::Relaxed);
    let answer = app.key("another-key-of-the-database").await;
    assert_eq!(
        (
            answer.status,
            answer.retry_after.as_deref(),
            answer.challenge
        ),
        (503, Some("5"), None)
    );
    assert_eq!(app.key("a-key-of-the-database").await.status, 200);
    assert_eq!(app.key(KEY).await.status, 200);
    assert!(log.text().contains("the database is gone"));
    assert!(!log.text().contains("key-of-the-database"));
}

#[tokio::test(start_paused = true)]
async fn a_validator_is_not_waited_for_longer_than_five_seconds() {
    let app = app(config().validator(async |_: Secret| std::future::pending().await));
    let started = tokio::time::Instant::now();
    assert_eq!(app.key("a-key-of-the-database").await.status, 503);
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn a_revoked_key_is_refused_and_a_hook_that_fails_lets_nobody_in() {
    let revoked = config().revocation(|session: &Session| session.user_id() == "ci");
    let app = app(revoked);
    assert_eq!(app.key(KEY).await, invalid());
    assert_eq!(app.key(OTHER).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_lets_nobody_in() {
    struct Hangs;
    impl xmcp_auth::Revocation for Hangs {
        fn is_revoked<'a>(
            &'a self,
            _: &'a Session,
        ) -> futures_util::future::BoxFuture<
            'a,
            Result<bool, Box<dyn std::error::Error + Send + Sync>>,
        > {
            Box::pin(std::future::pending())
        }
    }
    let started = tokio::time::Instant::now();
    assert_eq!(app(config().revocation(Hangs)).key(KEY).await.status, 503);
    assert_eq!(started.elapsed(), Duration::from_secs(5));
}

/// R1: who guesses learns nothing once an address has used up its failures, not even of a key that is right.
#[tokio::test]
async fn k1_a_key_that_was_not_just_used_is_not_looked_at_from_an_address_that_guesses() {
    let clock = ManualClock::start();
    let limits = Limits::default().clock(clock.clone());
    let config = config().clock(clock.clone());
    let app = App::of(api_key::provider(config).limits(limits));
    let send = async |key: &str| {
        let request = Request::post("/mcp").header("x-api-key", key);
        let mut request = request.body(Body::empty()).unwrap();
        let peer: SocketAddr = "192.0.2.1:4711".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        app.send(request).await
    };
    assert_eq!(send(KEY).await.user().as_deref(), Some("ci"));
    for number in 0..20 {
        let guess = format!("k-guess-number-{number:04}");
        assert_eq!(send(&guess).await, invalid());
    }
    assert_eq!(send(OTHER).await.status, 429, "nobody has used it yet");
    assert_eq!(
        send(KEY).await.user().as_deref(),
        Some("ci"),
        "its holder shares the address"
    );
}
