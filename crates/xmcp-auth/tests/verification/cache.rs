//! What is remembered of tokens, and what is asked each time nevertheless.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::BoxFuture;
use xmcp_auth::{Reason, Revocation, Session, VerifyError};

use crate::support::{Answer, Fixture, ada, eve};

#[tokio::test]
async fn a_token_that_ends_is_refused_though_it_was_verified_a_moment_ago() {
    let fixture = Fixture::start().await;
    let now = fixture.clock.seconds();
    let token = fixture.token().claim("exp", now + 10).sign();
    assert!(fixture.is_good(&token).await);
    fixture.clock.advance(Duration::from_secs(40));
    assert!(matches!(
        fixture.verify(&token).await,
        Err(VerifyError::Expired)
    ));
}

#[tokio::test]
async fn a_verified_token_needs_no_key_for_30_seconds() {
    let fixture = Fixture::start().await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    // The set grows too old; what was verified a moment before still counts, for its 30 seconds.
    fixture
        .server
        .answers(Answer::body("").status("500 Internal Server Error"));
    fixture
        .clock
        .advance(Duration::from_secs(24 * 60 * 60 - 20));
    let token = fixture.token().sign();
    assert!(fixture.is_good(&token).await);
    fixture.clock.advance(Duration::from_secs(29));
    assert!(fixture.is_good(&token).await);
    fixture.clock.advance(Duration::from_secs(1));
    fixture.retry_after(&token).await;
}

#[tokio::test]
async fn zero_turns_it_off() {
    let fixture = Fixture::with(|builder| builder.cache(Duration::ZERO)).await;
    let token = fixture
        .token()
        .claim("exp", fixture.clock.seconds() + 24 * 60 * 60)
        .sign();
    fixture.server.answers(Answer::keys([ada().jwk()]));
    assert!(fixture.is_good(&token).await);
    fixture
        .server
        .answers(Answer::body("").status("500 Internal Server Error"));
    fixture.clock.advance(Duration::from_secs(24 * 60 * 60 - 1));
    assert!(fixture.is_good(&token).await);
    fixture.server.asked(2).await;
    fixture.clock.advance(Duration::from_secs(1));
    fixture.retry_after(&token).await;
}

#[tokio::test]
async fn keys_that_stay_as_they_were_leave_it_alone_and_others_empty_it() {
    let fixture = Fixture::start().await;
    let old = fixture.token().sign();
    assert!(fixture.is_good(&old).await);
    fixture
        .server
        .answers(Answer::keys([ada().jwk_with("created", 1)]));
    assert!(!fixture.is_good(&fixture.token().by(eve())).await);
    assert!(fixture.is_good(&old).await);
    fixture.clock.advance(Duration::from_secs(61));
    fixture.server.answers(Answer::keys([eve().jwk()]));
    assert!(fixture.is_good(&fixture.token().by(eve())).await);
    assert!(!fixture.is_good(&old).await);
}

#[tokio::test]
async fn the_revocation_hook_is_asked_at_every_request() {
    let asked = Arc::new(AtomicUsize::new(0));
    let revoked = Arc::new(Mutex::new(HashSet::new()));
    let fixture = Fixture::with({
        let (asked, revoked) = (Arc::clone(&asked), Arc::clone(&revoked));
        |builder| {
            builder.revocation(move |session: &Session| {
                asked.fetch_add(1, Ordering::SeqCst);
                revoked
                    .lock()
                    .unwrap()
                    .contains(session.token_id().unwrap())
            })
        }
    })
    .await;
    let token = fixture.token().sign();
    assert!(fixture.is_good(&token).await);
    assert!(fixture.is_good(&token).await);
    assert_eq!(asked.load(Ordering::SeqCst), 2);

    revoked.lock().unwrap().insert("tkn_1".to_owned());
    assert_eq!(fixture.reason(&token).await, Reason::Revoked);
    revoked.lock().unwrap().clear();
    assert!(fixture.is_good(&token).await);
}

struct Broken;

impl Revocation for Broken {
    fn is_revoked<'a>(
        &'a self,
        session: &'a Session,
    ) -> BoxFuture<'a, Result<bool, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async move {
            match session.user_id() {
                "usr_hangs" => std::future::pending().await,
                _ => Err("the list cannot be read".into()),
            }
        })
    }
}

#[tokio::test]
async fn a_revocation_hook_that_fails_or_hangs_lets_nobody_in() {
    let fixture = Fixture::with(|builder| builder.revocation(Broken)).await;
    assert_eq!(
        fixture.retry_after(&fixture.token().sign()).await,
        Duration::from_secs(5)
    );
    tokio::time::pause();
    let hangs = fixture.token().claim("sub", "usr_hangs").sign();
    assert_eq!(fixture.retry_after(&hangs).await, Duration::from_secs(5));
}
