//! Rows J1 to J7 of the threat table: keys that come late, change, or do not come, as callers notice it.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use scalekit_emulator::{Fault, StrayKey};
use serde_json::json;
use tokio::time::{Instant, timeout};
use xmcp::auth::Clock;

use crate::{
    clock::Ahead,
    fixture::Setup,
    live::{Live, Raw},
    support::BOTH,
};

const KEYS: &str = "/keys";
const MINUTE: Duration = Duration::from_secs(60);

/// A server whose idea of time is the test's.
async fn live() -> (Live, Ahead) {
    let clock = Ahead::default();
    let live = Live::with(Setup {
        clock: Some(clock.clone()),
        ..Setup::default()
    })
    .await;
    (live, clock)
}

/// A new token that is good at that time. The cache has never seen it.
fn token(live: &Live, clock: &Ahead) -> String {
    let now = clock.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    live.changed(json!({ "iat": now, "nbf": now, "exp": now + 600 }))
}

async fn call(live: &Live, clock: &Ahead) -> Raw {
    live.call(BOTH[0], "counted", &token(live, clock)).await
}

/// The answer to a token that cannot be verified now, and when to come again.
#[track_caller]
fn assert_unavailable(answer: &Raw) -> Duration {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(
        answer.headers("www-authenticate"),
        [""; 0],
        "a client would throw a good token away"
    );
    assert_eq!(answer.json(), json!({ "error": "temporarily_unavailable" }));
    let seconds = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn j1_a_hundred_first_requests_fetch_the_keys_once() {
    let live = Arc::new(Live::start().await);
    live.scalekit
        .admin()
        .fault(KEYS, Fault::Latency(Duration::from_millis(200)));
    let callers: Vec<_> = (0..100)
        .map(|number| {
            let live = Arc::clone(&live);
            let token = live.changed(json!({ "sub": format!("usr_{number}") }));
            tokio::spawn(async move { live.call(BOTH[number % 2], "who", &token).await.said() })
        })
        .collect();
    for (number, caller) in callers.into_iter().enumerate() {
        assert_eq!(caller.await.unwrap(), format!("usr_{number}"));
    }
    assert_eq!(live.scalekit.admin().hits(KEYS), 1);
}

#[tokio::test]
async fn j2_a_thousand_unknown_key_ids_make_one_request_and_harm_nobody() {
    let live = Arc::new(Live::start().await);
    assert_eq!(
        live.call(BOTH[0], "who", &live.token("openid"))
            .await
            .status,
        200
    );
    let attackers: Vec<_> = (0..10)
        .map(|attacker| {
            let live = Arc::clone(&live);
            tokio::spawn(async move {
                for number in 0..100 {
                    let token = live.scalekit.mint(
                        json!({}),
                        json!({ "kid": format!("snk_{attacker}_{number}") }),
                    );
                    let answer = live.call(BOTH[number % 2], "counted", &token).await;
                    live.assert_invalid(&answer, "an unknown key");
                }
            })
        })
        .collect();
    for number in 0..50 {
        let token = live.changed(json!({ "sub": format!("usr_{number}") }));
        assert_eq!(
            live.call(BOTH[number % 2], "who", &token).await.said(),
            format!("usr_{number}")
        );
    }
    for attacker in attackers {
        attacker.await.unwrap();
    }
    assert_eq!(live.scalekit.admin().hits(KEYS), 2);
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn j3_a_new_key_is_found_at_its_first_token_and_an_old_one_ends_with_the_set() {
    let (live, clock) = live().await;
    let admin = live.scalekit.admin();
    let old = token(&live, &clock);
    let cached = live.call(BOTH[0], "who", &old).await;
    assert_eq!(cached.status, 200, "{cached:?}");

    admin.rotate(true).unwrap();
    assert_eq!(call(&live, &clock).await.status, 200);
    assert_eq!(live.call(BOTH[0], "who", &old).await.status, 200);
    assert_eq!(admin.hits(KEYS), 2);

    admin.rotate(false).unwrap();
    clock.advance(Duration::from_secs(31));
    assert_eq!(call(&live, &clock).await.status, 200);
    assert_eq!(admin.hits(KEYS), 3);
    for era in BOTH {
        live.assert_invalid(
            &live.call(era, "who", &old).await,
            "a token of a key that was withdrawn",
        );
    }
}

#[tokio::test]
async fn j4_a_server_that_starts_without_keys_serves_once_there_are_some() {
    let (live, clock) = live().await;
    let admin = live.scalekit.admin();
    admin.fault(KEYS, Fault::Status(500));
    for era in BOTH {
        let wait = assert_unavailable(&live.call(era, "counted", &token(&live, &clock)).await);
        // Who has no token learns where to get one, keys or not.
        live.assert_unauthorized(
            &live.send(&crate::live::Request::call(era, "counted")).await,
            "no token",
        );
        clock.advance(wait);
    }
    admin.clear_fault(KEYS);
    clock.advance(MINUTE);
    assert_eq!(call(&live, &clock).await.said(), "counted");
}

#[tokio::test]
async fn j5_whatever_comes_instead_of_keys_the_cached_ones_go_on_working() {
    let elsewhere = Live::start().await;
    let redirect = format!("{}{KEYS}", elsewhere.scalekit.environment_url());
    let text = |body: String| Fault::Body {
        content_type: "application/json",
        body,
    };
    let (live, clock) = live().await;
    assert_eq!(call(&live, &clock).await.status, 200);
    let admin = live.scalekit.admin();
    let many: Vec<_> = (0..10_000)
        .map(|number| json!({ "kty": "RSA", "kid": number.to_string() }))
        .collect();
    for fault in [
        Fault::Status(500),
        Fault::Redirect(redirect),
        Fault::Size(2 * 1024 * 1024),
        Fault::Html,
        Fault::RateLimited(3600),
        text(json!({ "keys": [] }).to_string()),
        text(json!({ "keys": many }).to_string()),
        text(json!({ "keys": [{ "kty": "oct", "kid": "k", "k": "AAAA" }] }).to_string()),
        text("null".to_owned()),
        Fault::Latency(MINUTE),
    ] {
        let what = format!("{fault:?}");
        let before = admin.hits(KEYS);
        admin.fault(KEYS, fault);
        // The keys are no longer fresh, so the next request lets others be fetched, and does not wait for them.
        clock.advance(Duration::from_secs(61 * 60));
        let begin = Instant::now();
        assert_eq!(call(&live, &clock).await.said(), "counted", "{what}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{what}");
        // A request that was still under way counts for the fault before this one, so there may have to be another.
        let asked = async {
            while admin.hits(KEYS) == before {
                clock.advance(Duration::from_secs(31));
                assert_eq!(call(&live, &clock).await.said(), "counted", "{what}");
            }
        };
        timeout(Duration::from_secs(20), asked)
            .await
            .expect("keys were asked for");
    }
    assert_eq!(elsewhere.scalekit.admin().hits(KEYS), 0);
}

#[tokio::test]
async fn j5_a_strange_key_beside_a_good_one_is_no_outage() {
    for stray in [
        StrayKey::Encryption,
        StrayKey::Symmetric,
        StrayKey::EllipticCurve,
        StrayKey::DuplicateId,
        StrayKey::BadModulus,
        StrayKey::BadExponent,
        StrayKey::SmallModulus,
        StrayKey::UnknownType,
    ] {
        let live = Live::start().await;
        live.scalekit.admin().add_stray_key(stray);
        for era in BOTH {
            assert_eq!(
                live.call(era, "who", &live.token("openid")).await.said(),
                "usr_ada",
                "{stray:?}"
            );
        }
    }
}

#[tokio::test]
async fn j7_keys_that_nobody_confirmed_for_a_day_are_used_no_more() {
    let (live, clock) = live().await;
    assert_eq!(call(&live, &clock).await.status, 200);
    live.scalekit.admin().fault(KEYS, Fault::Status(500));
    clock.advance(23 * 60 * MINUTE);
    assert_eq!(call(&live, &clock).await.status, 200);
    clock.advance(60 * MINUTE);
    for era in BOTH {
        assert_unavailable(&live.call(era, "counted", &token(&live, &clock)).await);
    }
    live.scalekit.admin().clear_fault(KEYS);
    clock.advance(MINUTE);
    assert_eq!(call(&live, &clock).await.status, 200);
}
