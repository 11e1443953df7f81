//! Rows J1 to J7 of the threat table: when keys are fetched, and what is done while they cannot be.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::{StreamExt, future::join_all, stream::FuturesUnordered};
use serde_json::json;
use tokio::io::AsyncReadExt;
use xmcp_auth::{Algorithm, Credential, JwtVerifier, Reason, Verifier, VerifyError};

use crate::support::{Answer, Fixture, KeyServer, Token, ada, eve, until};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// So that every verification needs a key.
async fn without_cache() -> Fixture {
    Fixture::with(|builder| builder.cache(Duration::ZERO)).await
}

#[tokio::test]
async fn j1_a_hundred_first_requests_fetch_once() {
    let fixture = without_cache().await;
    let tokens: Vec<_> = (0..100)
        .map(|number| fixture.token().claim("jti", number).sign())
        .collect();
    fixture.server.hold();
    let all = join_all(tokens.iter().map(|token| fixture.is_good(token)));
    let release = async {
        fixture.server.asked(1).await;
        fixture.server.release();
    };
    let (all, ()) = tokio::join!(all, release);
    assert_eq!(all, [true; 100]);
    assert_eq!(fixture.server.hits(), 1);
}

#[tokio::test]
async fn j1_who_stops_waiting_does_not_stop_the_request() {
    let fixture = without_cache().await;
    let token = fixture.token().sign();
    fixture.server.hold();
    tokio::select! {
        biased;
        _ = fixture.verify(&token) => panic!("nobody has answered"),
        () = fixture.server.asked(1) => {}
    }
    fixture.server.release();
    assert!(fixture.is_good(&token).await);
    assert_eq!(fixture.server.hits(), 1);
}

#[tokio::test]
async fn nothing_is_fetched_before_a_token_needs_it() {
    let fixture = Fixture::start().await;
    assert!(!fixture.is_good("no token").await);
    tokio::task::yield_now().await;
    assert_eq!(fixture.server.hits(), 0);
}

#[tokio::test]
async fn the_request_ends_with_its_verifier() {
    let fixture = without_cache().await;
    let token = fixture.token().sign();
    fixture.server.hold();
    tokio::select! {
        biased;
        _ = fixture.verify(&token) => panic!("nobody has answered"),
        () = fixture.server.asked(1) => {}
    }
    let before = tokio::runtime::Handle::current()
        .metrics()
        .num_alive_tasks();
    drop(fixture.verifier);
    until(async || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
            < before
    })
    .await;
}

#[tokio::test]
async fn j2_unknown_key_ids_make_one_request_in_30_seconds() {
    let fixture = without_cache().await;
    let good = fixture.token().sign();
    assert!(fixture.is_good(&good).await);
    for number in 0..1000 {
        let token = fixture.token().header("kid", format!("forged_{number}"));
        assert!(!fixture.is_good(&format!("{}.AAAA", token.unsigned())).await);
        if number % 100 == 0 {
            assert!(fixture.is_good(&good).await);
        }
        fixture.clock.advance(Duration::from_millis(10));
    }
    assert_eq!(fixture.server.hits(), 2);

    fixture.clock.advance(Duration::from_secs(20));
    let forged = |id: &str| format!("{}.AAAA", fixture.token().header("kid", id).unsigned());
    fixture.is_good(&forged("another")).await;
    assert_eq!(fixture.server.hits(), 3);
}

#[tokio::test]
async fn j2_the_pause_counts_from_the_attempt_whatever_came_of_it() {
    for answer in [
        Answer::body("{}").status("500 Internal Server Error"),
        Answer::keys([]),
        Answer::keys([eve().jwk()]),
    ] {
        let fixture = without_cache().await;
        assert!(fixture.is_good(&fixture.token().sign()).await);
        fixture.server.answers(answer);
        for number in 0..100 {
            let token = fixture
                .token()
                .header("kid", format!("forged_{number}"))
                .sign();
            fixture.is_good(&token).await;
        }
        assert_eq!(fixture.server.hits(), 2);
    }
}

#[tokio::test]
async fn j2_few_wait_for_keys_that_nobody_knows_and_none_is_told_that_there_is_none() {
    let fixture = without_cache().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.server.hold();
    let tokens: Vec<_> = (0..100)
        .map(|number| fixture.token().header("kid", format!("k{number}")).sign())
        .collect();
    let mut waiting: FuturesUnordered<_> =
        tokens.iter().map(|token| fixture.verify(token)).collect();
    // The answer is held, so whoever hears something did not wait for it.
    for _ in 64..100 {
        let told = waiting.next().await;
        assert!(
            matches!(told, Some(Err(VerifyError::Unavailable { .. }))),
            "{told:?}"
        );
    }
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.server.release();
    while let Some(told) = waiting.next().await {
        assert!(
            matches!(told, Err(VerifyError::Invalid(Reason::UnknownKey(_)))),
            "{told:?}"
        );
    }
    assert_eq!(fixture.server.hits(), 2);
}

#[tokio::test]
async fn j2_without_any_set_unknown_key_ids_make_no_more_requests_than_others() {
    let fixture = without_cache().await;
    fixture.server.answers(Answer::keys([]));
    for number in 0..100 {
        let token = fixture
            .token()
            .header("kid", format!("forged_{number}"))
            .sign();
        fixture.retry_after(&token).await;
        fixture.clock.advance(Duration::from_millis(290));
    }
    assert_eq!(fixture.server.hits(), 1);
}

#[tokio::test]
async fn j2_an_id_that_did_not_exist_is_not_asked_for_again_within_a_minute() {
    let fixture = without_cache().await;
    let token = fixture.token().by(eve());
    assert!(fixture.is_good(&fixture.token().sign()).await);
    for (advance, hits) in [(0, 2), (31, 2), (28, 2), (2, 3)] {
        fixture.clock.advance(Duration::from_secs(advance));
        assert_eq!(
            fixture.reason(&token).await,
            Reason::UnknownKey("snk_eve".to_owned())
        );
        assert_eq!(fixture.server.hits(), hits, "after {advance} s more");
    }
}

#[tokio::test]
async fn j2_a_failure_does_not_say_that_an_id_does_not_exist() {
    let fixture = without_cache().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture
        .server
        .answers(Answer::body("").status("500 Internal Server Error"));
    let new = fixture.token().by(eve());
    assert!(!fixture.is_good(&new).await);
    fixture
        .server
        .answers(Answer::keys([ada().jwk(), eve().jwk()]));
    fixture.clock.advance(Duration::from_secs(30));
    assert!(fixture.is_good(&new).await);
}

#[tokio::test]
async fn j3_a_new_key_is_found_at_its_first_token_and_an_old_one_ends_with_the_set() {
    let fixture = Fixture::start().await;
    let (old, new) = (fixture.token().sign(), fixture.token().by(eve()));
    assert!(fixture.is_good(&old).await);

    fixture
        .server
        .answers(Answer::keys([ada().jwk(), eve().jwk()]));
    assert!(fixture.is_good(&new).await);
    assert!(fixture.is_good(&old).await);
    assert_eq!(fixture.server.hits(), 2);

    fixture.server.answers(Answer::keys([eve().jwk()]));
    fixture.clock.advance(Duration::from_secs(30));
    let unknown = fixture.token().header("kid", "unknown").sign();
    assert!(!fixture.is_good(&unknown).await);
    assert!(fixture.is_good(&new).await);
    fixture.clock.advance(Duration::from_secs(30));
    assert_eq!(
        fixture.reason(&old).await,
        Reason::UnknownKey("snk_ada".to_owned())
    );
}

#[tokio::test]
async fn j3_a_token_in_the_cache_ends_with_its_key() {
    let fixture = Fixture::start().await;
    let old = fixture.token().sign();
    assert!(fixture.is_good(&old).await);
    fixture.server.answers(Answer::keys([eve().jwk()]));
    assert!(fixture.is_good(&fixture.token().by(eve())).await);
    assert_eq!(
        fixture.reason(&old).await,
        Reason::UnknownKey("snk_ada".to_owned())
    );
}

#[tokio::test]
async fn j3_another_key_under_the_same_name_is_another_key() {
    let fixture = Fixture::start().await;
    let old = fixture.token().sign();
    assert!(fixture.is_good(&old).await);
    fixture
        .server
        .answers(Answer::keys([eve().jwk_with("kid", ada().id)]));
    assert!(
        !fixture
            .is_good(&fixture.token().header("kid", "unknown").sign())
            .await
    );
    assert_eq!(fixture.reason(&old).await, Reason::Signature);
}

#[tokio::test]
async fn j4_a_server_that_is_down_at_start_is_asked_again_later() {
    let fixture = without_cache().await;
    let token = fixture.token().sign();
    fixture
        .server
        .answers(Answer::body("").status("503 Service Unavailable"));
    let mut pauses = Vec::new();
    for attempt in 1..=7 {
        let pause = fixture.retry_after(&token).await;
        // Who comes too early hears how long is left, and makes no request.
        fixture.clock.advance(pause / 2);
        assert_eq!(fixture.retry_after(&token).await, pause / 2);
        fixture.clock.advance(pause / 2);
        assert_eq!(fixture.server.hits(), attempt);
        pauses.push(pause.as_secs());
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
    fixture.server.answers(Answer::keys([ada().jwk()]));
    assert!(fixture.is_good(&token).await);
}

#[tokio::test]
async fn j4_nobody_listening_is_the_same() {
    let server = KeyServer::start(Answer::keys([])).await;
    let url = server.url("/keys");
    let env = server.url("");
    drop(server);
    until(async || {
        tokio::net::TcpStream::connect(env.trim_start_matches("http://"))
            .await
            .is_err()
    })
    .await;
    let verifier = JwtVerifier::builder(url.parse().unwrap())
        .issuers([&env])
        .audiences(["res_1"])
        .build()
        .unwrap();
    let token = Token::good(&env, 0).sign();
    let outcome = verifier.verify(Credential::Bearer(&token)).await;
    assert!(
        matches!(outcome, Err(VerifyError::Unavailable { retry_after }) if retry_after <= Duration::from_secs(1))
    );
}

#[tokio::test]
async fn keys_at_an_https_url_are_asked_for_in_tls_alone() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let env = format!("https://{}", listener.local_addr().unwrap());
    let verifier = JwtVerifier::builder(format!("{env}/keys").parse().unwrap())
        .issuers([&env])
        .audiences(["res_1"])
        .build()
        .unwrap();
    let token = Token::good(&env, 0).sign();
    let first_byte = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.read_u8().await.unwrap()
    };
    let (outcome, first_byte) =
        tokio::join!(verifier.verify(Credential::Bearer(&token)), first_byte);
    // 22 opens a TLS handshake (RFC 8446, section 5.1).
    assert_eq!(first_byte, 22);
    assert!(matches!(outcome, Err(VerifyError::Unavailable { .. })));
}

/// What a key server can say that is no key set of ours.
fn bad_answers(elsewhere: &KeyServer) -> Vec<(&'static str, Answer)> {
    let many = (0..10_000)
        .map(|number| json!({ "kty": "RSA", "kid": number.to_string(), "n": "AQ", "e": "AQAB" }));
    let long = format!(
        r#"{{"padding":"{}","keys":[{}]}}"#,
        "x".repeat(2 << 20),
        eve().jwk()
    );
    vec![
        (
            "500",
            Answer::keys([eve().jwk()]).status("500 Internal Server Error"),
        ),
        ("404", Answer::keys([eve().jwk()]).status("404 Not Found")),
        ("204", Answer::body("").status("204 No Content")),
        (
            "redirect",
            Answer::body("")
                .status("302 Found")
                .header("location", &elsewhere.url("/keys")),
        ),
        (
            "permanent redirect",
            Answer::body("")
                .status("308 Permanent Redirect")
                .header("location", &elsewhere.url("/keys")),
        ),
        ("2 MB", Answer::body(long)),
        (
            "HTML",
            Answer::body("<html>down for maintenance</html>").header("content-type", "text/html"),
        ),
        ("empty", Answer::body("")),
        ("null", Answer::body("null")),
        ("a list", Answer::body(json!([eve().jwk()]).to_string())),
        ("no keys", Answer::body("{}")),
        (
            "keys twice",
            Answer::body(format!(r#"{{"keys":[],"keys":[{}]}}"#, eve().jwk())),
        ),
        ("keys that are no list", Answer::body(r#"{"keys":{}}"#)),
        ("an empty list", Answer::keys([])),
        ("10 000 keys", Answer::keys(many)),
        (
            "deep",
            Answer::body(format!(r#"{{"keys":{}"#, "[".repeat(100_000))),
        ),
        ("a short key", Answer::keys([eve().jwk_with("n", "AQ")])),
        (
            "a shared key",
            Answer::keys([
                json!({ "kty": "oct", "kid": eve().id, "alg": "HS256", "k": "c2VjcmV0" }),
            ]),
        ),
    ]
}

#[tokio::test]
async fn j5_a_bad_answer_does_not_replace_good_keys() {
    let elsewhere = KeyServer::start(Answer::keys([eve().jwk()])).await;
    for (name, answer) in bad_answers(&elsewhere) {
        let fixture = without_cache().await;
        assert!(fixture.is_good(&fixture.token().sign()).await);
        fixture.server.answers(answer);
        assert!(!fixture.is_good(&fixture.token().by(eve())).await, "{name}");
        assert_eq!(fixture.server.hits(), 2, "{name}");
        fixture.clock.advance(HOUR);
        assert!(fixture.is_good(&fixture.token().sign()).await, "{name}");
        fixture.server.asked(3).await;
        assert!(fixture.is_good(&fixture.token().sign()).await, "{name}");
    }
    assert_eq!(elsewhere.hits(), 0);
}

#[tokio::test]
async fn j5_a_bad_answer_alone_is_an_outage_and_not_a_bad_token() {
    let elsewhere = KeyServer::start(Answer::keys([eve().jwk()])).await;
    for (name, answer) in bad_answers(&elsewhere) {
        let fixture = without_cache().await;
        fixture.server.answers(answer);
        let pause = fixture.retry_after(&fixture.token().by(eve())).await;
        assert!((1..=30).contains(&pause.as_secs()), "{name}: {pause:?}");
    }
    assert_eq!(elsewhere.hits(), 0);
}

#[tokio::test]
async fn j5_a_server_that_never_answers_is_given_up_after_5_seconds() {
    let fixture = without_cache().await;
    fixture.server.hold();
    let token = fixture.token().sign();
    let ask = async {
        let started = tokio::time::Instant::now();
        fixture.retry_after(&token).await;
        started.elapsed()
    };
    let pass = async {
        fixture.server.asked(1).await;
        // From here on time passes when nobody has anything to do.
        tokio::time::pause();
    };
    let (waited, ()) = tokio::join!(ask, pass);
    assert!(waited <= Duration::from_millis(5100), "{waited:?}");
}

#[tokio::test]
async fn j6_stale_keys_serve_while_the_next_ones_come() {
    let fixture = without_cache().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.clock.advance(10 * MINUTE - Duration::from_secs(1));
    assert!(fixture.is_good(&fixture.token().sign()).await);
    assert_eq!(fixture.server.hits(), 1);

    fixture.clock.advance(Duration::from_secs(1));
    fixture.server.hold();
    fixture.server.answers(Answer::keys([eve().jwk()]));
    for _ in 0..10 {
        assert!(fixture.is_good(&fixture.token().sign()).await);
    }
    fixture.server.asked(2).await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.server.release();
    until(async || fixture.is_good(&fixture.token().by(eve())).await).await;
    assert!(!fixture.is_good(&fixture.token().sign()).await);
}

#[tokio::test]
async fn j6_max_age_is_obeyed_between_a_minute_and_an_hour() {
    for (value, fresh) in [
        ("max-age=0", MINUTE),
        ("max-age=90", Duration::from_secs(90)),
        ("public, max-age=1800, must-revalidate", 30 * MINUTE),
        ("max-age=31536000", HOUR),
        ("no-store", 10 * MINUTE),
    ] {
        let fixture = without_cache().await;
        fixture
            .server
            .answers(Answer::keys([ada().jwk()]).header("cache-control", value));
        assert!(fixture.is_good(&fixture.token().sign()).await);
        fixture.clock.advance(fresh - Duration::from_secs(1));
        assert!(fixture.is_good(&fixture.token().sign()).await);
        assert_eq!(fixture.server.hits(), 1, "{value}");
        fixture.clock.advance(Duration::from_secs(1));
        assert!(fixture.is_good(&fixture.token().sign()).await);
        fixture.server.asked(2).await;
    }
}

#[tokio::test]
async fn j6_while_stale_a_server_that_fails_is_asked_every_30_seconds() {
    let fixture = without_cache().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture
        .server
        .answers(Answer::body("").status("500 Internal Server Error"));
    fixture.clock.advance(HOUR);
    for hits in 2..5 {
        assert!(fixture.is_good(&fixture.token().sign()).await);
        fixture.server.asked(hits).await;
        // The task that asked has to note that it failed.
        until(async || {
            tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks()
                <= 2
        })
        .await;
        for _ in 0..29 {
            fixture.clock.advance(Duration::from_secs(1));
            assert!(fixture.is_good(&fixture.token().sign()).await);
        }
        assert_eq!(fixture.server.hits(), hits);
        fixture.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn j7_after_24_hours_without_an_answer_there_are_no_keys() {
    let fixture = without_cache().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture
        .server
        .answers(Answer::body("").status("500 Internal Server Error"));
    fixture.clock.advance(24 * HOUR - Duration::from_secs(1));
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.server.asked(2).await;
    fixture.clock.advance(Duration::from_secs(1));
    fixture.retry_after(&fixture.token().sign()).await;
    fixture.clock.advance(MINUTE);
    fixture.retry_after(&fixture.token().sign()).await;
    fixture.server.answers(Answer::keys([ada().jwk()]));
    fixture.clock.advance(MINUTE);
    assert!(fixture.is_good(&fixture.token().sign()).await);
}

#[tokio::test]
async fn where_the_keys_are_is_told_once_and_when_they_came() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&told);
    let fixture = Fixture::with(|builder| {
        builder
            .cache(Duration::ZERO)
            .algorithms([Algorithm::Rs256])
            .on_keys_resolved(move |url| hook.lock().unwrap().push(url.to_owned()))
    })
    .await;
    fixture.server.answers(Answer::keys([]));
    fixture.retry_after(&fixture.token().sign()).await;
    assert!(told.lock().unwrap().is_empty());
    fixture.server.answers(Answer::keys([ada().jwk()]));
    fixture.clock.advance(MINUTE);
    assert!(fixture.is_good(&fixture.token().sign()).await);
    fixture.clock.advance(25 * HOUR);
    assert!(fixture.is_good(&fixture.token().sign()).await);
    assert_eq!(*told.lock().unwrap(), [fixture.server.url("/keys")]);
}
