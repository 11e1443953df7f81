//! Z1: the access token, and how often it is asked for.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures_util::future::join_all;
use scalekit_emulator::Fault;
use xmcp_auth::{
    Clock,
    scalekit::{Credentials, Scalekit, ScalekitError, Secret},
};

use super::{ORGANIZATION, TOKEN, credentials, emulator, manual_clock::ManualClock, start};
use crate::fixture::Log;

/// One clock in the hands of a test and of a client.
struct Same(Arc<ManualClock>);

impl Clock for Same {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn instant(&self) -> Instant {
        self.0.instant()
    }
}

fn body(text: &str) -> Fault {
    Fault::Body {
        content_type: "application/json",
        body: text.to_owned(),
    }
}

async fn hundred(scalekit: &Scalekit) {
    let organizations = scalekit.organizations();
    let all = join_all((0..100).map(|_| organizations.get("org_1"))).await;
    for one in all {
        assert_eq!(one.unwrap().id, "org_1");
    }
}

#[tokio::test]
async fn a_hundred_first_calls_at_a_time_ask_for_one_token() {
    let (emulator, scalekit) = start().await;
    hundred(&scalekit).await;
    hundred(&scalekit.clone()).await;
    let admin = emulator.admin();
    assert_eq!((admin.hits(TOKEN), admin.hits(ORGANIZATION)), (1, 200));
}

#[tokio::test]
async fn who_stops_waiting_for_the_token_takes_it_from_nobody() {
    let (emulator, scalekit) = start().await;
    let latency = Duration::from_millis(300);
    emulator
        .admin()
        .fault_times(TOKEN, Fault::Latency(latency), 1);
    let hasty = scalekit.timeout(Duration::from_millis(20));
    let gone = hasty.organizations().get("org_1").await;
    assert!(matches!(gone, Err(ScalekitError::Timeout)), "{gone:?}");
    scalekit.organizations().get("org_1").await.unwrap();
    assert_eq!(emulator.admin().hits(TOKEN), 1);
}

#[tokio::test]
async fn a_token_that_ends_on_its_way_is_replaced_once_for_all_who_had_it() {
    let (emulator, scalekit) = start().await;
    scalekit.organizations().get("org_1").await.unwrap();
    // The environment knows nothing of the token any more.
    emulator.admin().rotate(false).unwrap();
    hundred(&scalekit).await;
    assert_eq!(emulator.admin().hits(TOKEN), 2);
}

#[tokio::test]
async fn one_401_takes_a_new_token_and_the_second_is_an_error() {
    let (emulator, scalekit) = start().await;
    let admin = emulator.admin();
    admin.fault_times(ORGANIZATION, Fault::Status(401), 1);
    scalekit.organizations().get("org_1").await.unwrap();
    assert_eq!((admin.hits(TOKEN), admin.hits(ORGANIZATION)), (2, 2));
    admin.fault(ORGANIZATION, Fault::Status(401));
    let refused = scalekit.organizations().get("org_1").await;
    assert!(
        matches!(refused, Err(ScalekitError::Unauthorized(_))),
        "{refused:?}"
    );
    assert_eq!((admin.hits(TOKEN), admin.hits(ORGANIZATION)), (3, 4));
}

/// How often a token of this life was asked for after each of these seconds.
async fn asked(life: u64, seconds: [u64; 3]) -> Vec<usize> {
    let emulator = emulator().await;
    let clock = Arc::new(ManualClock::default());
    let scalekit = Scalekit::builder(emulator.environment_url(), credentials(&emulator))
        .clock(Same(Arc::clone(&clock)))
        .build()
        .unwrap();
    let token = format!(r#"{{"access_token":"abc","token_type":"bearer","expires_in":{life}}}"#);
    let admin = emulator.admin();
    admin.fault(TOKEN, body(&token));
    admin.fault(ORGANIZATION, body(r#"{"organization":{"id":"org_1"}}"#));
    let mut asked = Vec::new();
    for seconds in [0].into_iter().chain(seconds) {
        clock.advance(Duration::from_secs(seconds));
        scalekit.organizations().get("org_1").await.unwrap();
        asked.push(admin.hits(TOKEN));
    }
    asked
}

#[tokio::test]
async fn a_token_is_used_until_a_minute_before_its_end() {
    assert_eq!(asked(3600, [3539, 1, 3539]).await, [1, 1, 2, 2]);
}

#[tokio::test]
async fn a_token_of_a_short_life_is_used_for_half_of_it() {
    assert_eq!(asked(20, [9, 1, 9]).await, [1, 1, 2, 2]);
}

#[tokio::test]
async fn credentials_that_are_wrong_are_an_error_that_shows_no_secret() {
    let log = Log::start();
    let emulator = emulator().await;
    let id = credentials(&emulator).id;
    let secret = Secret::new("hunter2-hunter2");
    let scalekit = Scalekit::new(emulator.environment_url(), Credentials { id, secret }).unwrap();
    let error = scalekit.organizations().get("org_1").await.unwrap_err();
    assert!(matches!(error, ScalekitError::Unauthorized(_)), "{error:?}");
    let said = format!("{error} {error:?} {scalekit:?} {}", log.text());
    assert!(
        said.contains("invalid_client") && !said.contains("hunter2"),
        "{said}"
    );
    assert_eq!(emulator.admin().hits(ORGANIZATION), 0);
}

#[tokio::test]
async fn neither_secret_nor_token_is_in_the_log_of_a_call() {
    let log = Log::start();
    let (emulator, scalekit) = start().await;
    let token = r#"{"access_token":"tok-en-of-the-environment","token_type":"Bearer"}"#;
    emulator.admin().fault(TOKEN, body(token));
    let refused = scalekit.organizations().get("org_1").await;
    assert!(
        matches!(&refused, Err(ScalekitError::Unauthorized(_))),
        "{refused:?}"
    );
    let said = format!("{} {refused:?} {scalekit:?}", log.text());
    for secret in [credentials(&emulator).secret.expose(), "tok-en-of"] {
        assert!(!said.contains(secret), "{said}");
    }
}

#[tokio::test]
async fn what_is_no_bearer_token_is_not_used() {
    let (emulator, scalekit) = start().await;
    for text in [
        "{}",
        "<html>",
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":"a\nb","token_type":"Bearer"}"#,
        r#"{"access_token":"abc","token_type":"DPoP"}"#,
    ] {
        emulator.admin().fault(TOKEN, body(text));
        let error = scalekit.organizations().get("org_1").await;
        assert!(
            matches!(error, Err(ScalekitError::Malformed(_))),
            "{text} {error:?}"
        );
    }
    emulator.admin().clear_fault(TOKEN);
    assert_eq!(emulator.admin().hits(ORGANIZATION), 0);
    scalekit.organizations().get("org_1").await.unwrap();
}
