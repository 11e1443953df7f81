//! Rows R1 and R2 of the threat table over real sockets: who may be wrong how often, and who may come how often. This machine is the
//! proxy, so that addresses can be had.

use serde_json::{Value, json};
use xmcp::{Era, Settings};

use crate::{
    fixture::Setup,
    live::{Live, Raw, Request},
    secrets::Log,
};

fn behind_a_proxy(change: impl FnOnce(&mut Settings)) -> Setup {
    let mut settings = Settings::default();
    settings.http.trusted_proxies = vec!["127.0.0.1".to_owned()];
    change(&mut settings);
    Setup {
        settings,
        ..Setup::default()
    }
}

/// A request that the proxy passes on for this address.
fn from(address: &str) -> Request {
    Request::call(Era::Modern, "who").line(format!("x-forwarded-for: {address}"))
}

fn seconds(raw: &Raw) -> u64 {
    raw.header("retry-after").unwrap().parse().unwrap()
}

#[track_caller]
fn assert_limited(raw: &Raw, longest: u64) {
    assert_eq!(raw.status, 429, "{raw:?}");
    assert!((1..=longest).contains(&seconds(raw)), "{raw:?}");
    assert_eq!(raw.headers("www-authenticate"), [""; 0]);
    assert_eq!(
        raw.json(),
        json!({ "error": "rate_limited", "error_description": "Too many requests, try again later" })
    );
    assert_eq!(raw.header("cache-control"), Some("no-store"));
}

fn forged(live: &Live) -> String {
    let (signed, last) = (live.token("openid"), "AAAAAAAA");
    format!("{}{last}", &signed[..signed.len() - last.len()])
}

#[tokio::test]
async fn r1_an_address_that_sent_too_many_forged_tokens_gets_no_more_looked_at() {
    let log = Log::start();
    let live = Live::with(behind_a_proxy(|_| {})).await;
    let (forged, known) = (forged(&live), live.token("openid"));
    let stranger = from("203.0.113.77, 192.0.2.201");
    let answer = live.send(&stranger.clone().bearer(&known)).await;
    assert_eq!(answer.said(), "usr_ada");
    for _ in 0..20 {
        let answer = live.send(&stranger.clone().bearer(&forged)).await;
        live.assert_invalid(&answer, "a forged token");
    }
    assert_limited(&live.send(&stranger.clone().bearer(&forged)).await, 3);
    // Good, but not known to be.
    let other = live.changed(json!({ "sub": "usr_bob" }));
    assert_limited(&live.send(&stranger.clone().bearer(&other)).await, 3);
    // Verified a moment ago, and people share addresses.
    let answer = live.send(&stranger.clone().bearer(&known)).await;
    assert_eq!(answer.said(), "usr_ada");
    live.assert_unauthorized(&live.send(&stranger).await, "no token");
    for elsewhere in ["192.0.2.2", "192.0.2.201, 192.0.2.3"] {
        let answer = live.send(&from(elsewhere).bearer(&other)).await;
        assert_eq!(answer.said(), "usr_bob", "{elsewhere}");
    }
    let told = log.text();
    let lines = told.lines().filter(|line| line.contains("WARN"));
    let lines: Vec<&str> = lines.filter(|line| line.contains("192.0.2.201")).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("too many bad ones"), "{lines:?}");
}

#[tokio::test]
async fn r1_without_a_proxy_this_machine_is_not_counted_and_no_header_is_believed() {
    let live = Live::start().await;
    let forged = forged(&live);
    for _ in 0..30 {
        let answer = live.send(&from("192.0.2.1").bearer(&forged)).await;
        live.assert_invalid(&answer, "a forged token");
    }
}

#[tokio::test]
async fn r1_the_number_is_a_setting_and_0_turns_it_off() {
    let of = |failures: usize| {
        behind_a_proxy(move |settings| {
            settings.http.limits.auth_failures_per_minute = failures;
        })
    };
    let live = Live::with(of(2)).await;
    let stranger = from("192.0.2.1").bearer(&forged(&live));
    for expected in [401, 401, 429] {
        assert_eq!(live.send(&stranger).await.status, expected);
    }
    let live = Live::with(of(0)).await;
    let stranger = from("192.0.2.1").bearer(&forged(&live));
    for _ in 0..30 {
        assert_eq!(live.send(&stranger).await.status, 401);
    }
}

#[tokio::test]
async fn r2_a_caller_that_comes_too_often_waits_and_no_other_does() {
    let live = Live::with(behind_a_proxy(|settings| {
        settings.http.limits.caller_requests_per_minute = 1;
        settings.http.limits.caller_burst = 2;
    }))
    .await;
    let token = |claims: Value| live.changed(claims);
    let call = async |token: &str| live.send(&from("192.0.2.1").bearer(token)).await;
    let ada = token(json!({ "sub": "usr_ada", "client_id": "app" }));
    for _ in 0..2 {
        assert_eq!(call(&ada).await.said(), "usr_ada");
    }
    assert_limited(&call(&ada).await, 60);
    // Another token of the same caller is no other caller.
    let again = token(json!({ "sub": "usr_ada", "client_id": "app", "jti": "another" }));
    assert_limited(&call(&again).await, 60);
    for other in [
        json!({ "sub": "usr_bob", "client_id": "app" }),
        json!({ "sub": "usr_ada", "client_id": "cli" }),
    ] {
        assert_eq!(call(&token(other)).await.status, 200);
    }
}
