//! Who may be wrong how often, and who may come how often: R1 and R2.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::extract::ConnectInfo;
use http::{StatusCode, header};
use xmcp_auth::{Clock, Limits, Problem, Resource};

use crate::fixture::*;

/// A clock that a test moves.
struct Watch {
    start: Instant,
    passed: Mutex<Duration>,
}

impl Watch {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            passed: Mutex::default(),
        })
    }

    fn pass(&self, seconds: u64) {
        *self.passed.lock().unwrap() += Duration::from_secs(seconds);
    }
}

impl Clock for Watch {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn instant(&self) -> Instant {
        self.start + *self.passed.lock().unwrap()
    }
}

fn app_with(limits: Limits) -> App {
    let resource = Resource::new("https://mcp.example.com/mcp").limits(limits);
    app_of(|provider| provider, resource)
}

/// The answer to a request from this address, with what a proxy says if it says something.
async fn answer(app: &App, peer: &str, forwarded: &str, token: Option<&str>) -> Answer {
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut request = request(&authorization.as_deref().into_iter().collect::<Vec<_>>());
    let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
    request.extensions_mut().insert(ConnectInfo(peer));
    if !forwarded.is_empty() {
        let forwarded = forwarded.parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", forwarded);
    }
    let response = app.send(request).await;
    let has_time = response.headers().contains_key(header::RETRY_AFTER);
    assert_eq!(
        has_time,
        matches!(
            response.status(),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
        )
    );
    Answer::of(response).await
}

async fn fail(app: &App, peer: &str, times: usize) {
    for _ in 0..times {
        assert_eq!(answer(app, peer, "", Some("bad")).await, invalid());
    }
}

fn limited() -> Answer {
    Answer {
        status: 429,
        challenge: None,
        body:
            r#"{"error":"rate_limited","error_description":"Too many requests, try again later"}"#
                .into(),
    }
}

const STRANGER: &str = "192.0.2.1";

#[tokio::test]
async fn r1_after_twenty_bad_credentials_of_an_address_no_further_one_is_looked_at() {
    let watch = Watch::new();
    let app = app_with(Limits::default().clock(watch.clone()));
    fail(&app, STRANGER, 20).await;
    let asked = app.asked();
    for token in ["bad", "ok", "expired", "unavailable", "a b"] {
        assert_eq!(answer(&app, STRANGER, "", Some(token)).await, limited());
    }
    assert_eq!(app.asked(), asked, "nothing was verified");
    // Nobody else is held to it, and who brings nothing is told as ever where to get it.
    let other = answer(&app, "192.0.2.2", "", Some("ok")).await;
    assert_eq!(other, served("usr_1 false"));
    assert_eq!(answer(&app, STRANGER, "", None).await, missing());
    watch.pass(3);
    let next = answer(&app, STRANGER, "", Some("ok")).await;
    assert_eq!(next, served("usr_1 false"));
}

#[tokio::test]
async fn r1_who_is_known_to_be_good_gets_in_from_an_address_that_used_up_its_failures() {
    let app = app_with(Limits::default().clock(Watch::new()));
    fail(&app, STRANGER, 1).await;
    let seen = answer(&app, STRANGER, "", Some("ok/seen")).await;
    assert_eq!(seen, served("usr_1 false"));
    fail(&app, STRANGER, 19).await;
    let asked = app.asked();
    let remembered = answer(&app, STRANGER, "", Some("remembered")).await;
    assert_eq!(remembered, served("usr_1 false"));
    assert_eq!(app.asked(), asked, "the verifier remembered it");
    // Verified again in full, because it was good a moment ago.
    let seen = answer(&app, STRANGER, "", Some("ok/seen")).await;
    assert_eq!(seen, served("usr_1 false"));
    assert_eq!(app.asked(), asked + 1);
    let new = answer(&app, STRANGER, "", Some("ok/new")).await;
    assert_eq!(new, limited());
}

#[tokio::test]
async fn r1_only_what_is_refused_as_invalid_counts() {
    let app = app_with(Limits::default().clock(Watch::new()));
    for _ in 0..50 {
        for token in [None, Some("expired"), Some("unavailable"), Some("ok")] {
            let answer = answer(&app, STRANGER, "", token).await;
            assert_ne!(answer.status, 429, "{token:?}");
        }
    }
    for _ in 0..20 {
        assert_eq!(answer(&app, STRANGER, "", Some("a b")).await, invalid());
    }
    assert_eq!(answer(&app, STRANGER, "", Some("ok")).await, limited());
}

#[tokio::test]
async fn r1_this_machine_is_not_counted_unless_it_is_a_proxy_that_says_for_whom_it_speaks() {
    let untrusting = app_with(Limits::default().clock(Watch::new()));
    for _ in 0..50 {
        let bad = answer(&untrusting, "127.0.0.1", STRANGER, Some("bad")).await;
        assert_eq!(bad, invalid());
    }
    let limits = Limits::default().clock(Watch::new());
    let app = app_with(limits.trusted_proxies(["127.0.0.1", "10.0.0.0/8"]));
    fail(&app, "127.0.0.1", 50).await;
    for _ in 0..20 {
        let bad = answer(&app, "127.0.0.1", STRANGER, Some("bad")).await;
        assert_eq!(bad, invalid());
    }
    for (peer, forwarded, expected) in [
        ("127.0.0.1", "192.0.2.1", limited()),
        ("127.0.0.1", "203.0.113.5, 192.0.2.1", limited()),
        ("127.0.0.1", "192.0.2.1, 10.0.0.9", limited()),
        ("10.2.3.4", "192.0.2.1", limited()),
        ("192.0.2.1", "203.0.113.5", limited()),
        ("127.0.0.1", "192.0.2.2", invalid()),
        ("127.0.0.1", "192.0.2.1, 192.0.2.2", invalid()),
        ("127.0.0.1", "", invalid()),
    ] {
        let answer = answer(&app, peer, forwarded, Some("bad")).await;
        assert_eq!(answer, expected, "{peer} {forwarded}");
    }
}

#[tokio::test]
async fn r1_an_ipv6_client_has_one_limit_for_its_network() {
    let app = app_with(Limits::default().clock(Watch::new()));
    for host in 0..20 {
        fail(&app, &format!("2001:db8:1:2::{host:x}"), 1).await;
    }
    let same = answer(&app, "2001:db8:1:2:ffff::1", "", Some("ok")).await;
    assert_eq!(same, limited());
    let other = answer(&app, "2001:db8:1:3::1", "", Some("ok")).await;
    assert_eq!(other, served("usr_1 false"));
}

#[tokio::test]
async fn r1_without_an_address_or_with_the_limit_off_everything_is_looked_at() {
    let app = app_with(Limits::default().clock(Watch::new()));
    for _ in 0..50 {
        assert_eq!(app.answer(&["Bearer bad"]).await, invalid());
    }
    let off = app_with(Limits::default().auth_failures_per_minute(0));
    fail(&off, STRANGER, 50).await;
}

#[tokio::test]
async fn r2_a_caller_that_comes_too_often_waits_and_no_other_does() {
    let watch = Watch::new();
    let limits = Limits::default().clock(watch.clone());
    let app = app_with(limits.caller_requests_per_minute(30).caller_burst(2));
    let of = async |user: &str| answer(&app, STRANGER, "", Some(&format!("user/{user}"))).await;
    assert_eq!(of("ada").await, served("ada false"));
    assert_eq!(of("ada").await, served("ada false"));
    assert_eq!(of("ada").await, limited());
    assert_eq!(of("bob").await, served("bob false"));
    watch.pass(1);
    assert_eq!(of("ada").await, limited());
    watch.pass(1);
    assert_eq!(of("ada").await, served("ada false"));
    assert_eq!(of("ada").await, limited());
}

#[tokio::test]
async fn retry_after_is_in_whole_seconds_and_never_too_early() {
    let watch = Watch::new();
    let limits = Limits::default().clock(watch.clone());
    let app = app_with(limits.caller_requests_per_minute(8).caller_burst(1));
    let of = async || {
        let response = app.send(request(&["Bearer ok"])).await;
        let header = response.headers().get(header::RETRY_AFTER);
        header.map(|seconds| seconds.to_str().unwrap().to_owned())
    };
    assert_eq!(of().await, None);
    assert_eq!(of().await.as_deref(), Some("8"), "7.5 seconds");
    watch.pass(7);
    assert_eq!(of().await.as_deref(), Some("1"), "half a second");
}

#[tokio::test]
async fn a_providers_limits_win_over_those_of_the_resource() {
    let resource = Resource::new("https://mcp.example.com/mcp");
    let limits = Limits::default().clock(Watch::new());
    let one = limits.clone().auth_failures_per_minute(1);
    let app = app_of(|provider| provider.limits(one), resource.limits(limits));
    fail(&app, STRANGER, 1).await;
    assert_eq!(answer(&app, STRANGER, "", Some("bad")).await, limited());
}

#[test]
fn a_proxy_that_is_no_address_is_a_problem() {
    let limits = Limits::default().trusted_proxies(["proxy.example"]);
    let provider = provider(Fake::default()).limits(limits);
    let error = provider.protect(Resource::new("https://mcp.example.com/mcp"));
    assert_eq!(
        error.unwrap_err().problems(),
        [Problem::Network("proxy.example".to_owned())]
    );
}
