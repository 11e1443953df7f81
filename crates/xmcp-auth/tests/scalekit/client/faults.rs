//! Z1: what goes wrong at Scalekit is said once, and nothing is sent again.

use std::{error::Error, time::Duration};

use scalekit_emulator::Fault;
use xmcp_auth::scalekit::ScalekitError;

use super::{ORGANIZATION, TOKEN, start};

#[tokio::test]
async fn too_many_requests_are_an_error_that_says_when_to_come_back() {
    let (emulator, scalekit) = start().await;
    let admin = emulator.admin();
    admin.rate_limit(Some(7));
    let error = scalekit.organizations().get("org_1").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Scalekit is asked too often; try again in 7 seconds"
    );
    let ScalekitError::RateLimited {
        retry_after,
        refusal,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(7)));
    assert_eq!(refusal.error_code.as_deref(), Some("RATE_LIMITED"));
    assert_eq!(admin.hits(ORGANIZATION), 1);
    admin.rate_limit(None);
    scalekit.organizations().get("org_1").await.unwrap();

    admin.fault(TOKEN, Fault::RateLimited(3));
    let other = super::client(&emulator);
    let error = other.organizations().get("org_1").await;
    let seconds = Duration::from_secs(3);
    assert!(
        matches!(error, Err(ScalekitError::RateLimited { retry_after: Some(after), .. }) if after == seconds),
        "{error:?}"
    );
    assert_eq!(admin.hits(TOKEN), 2);
}

#[tokio::test]
async fn a_server_that_fails_is_asked_once() {
    let (emulator, _) = start().await;
    let admin = emulator.admin();
    for status in [500, 502, 503] {
        for path in [ORGANIZATION, TOKEN] {
            let before = admin.hits(path);
            admin.fault(path, Fault::Status(status));
            let scalekit = super::client(&emulator);
            let error = scalekit.organizations().get("org_1").await.unwrap_err();
            assert!(matches!(error, ScalekitError::Server(_)), "{error:?}");
            let source = error.source().unwrap().to_string();
            assert_eq!(source, format!("status {status}"));
            assert_eq!(admin.hits(path), before + 1, "{status} {path}");
            admin.clear_fault(path);
        }
    }
}

#[tokio::test]
async fn a_server_that_is_slow_is_left() {
    let (emulator, scalekit) = start().await;
    scalekit.organizations().get("org_1").await.unwrap();
    let admin = emulator.admin();
    admin.fault(ORGANIZATION, Fault::Latency(Duration::from_secs(3600)));
    let hasty = scalekit.timeout(Duration::from_millis(50));
    let error = hasty.organizations().get("org_1").await;
    assert!(matches!(error, Err(ScalekitError::Timeout)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be() {
    let (emulator, scalekit) = start().await;
    scalekit.organizations().get("org_1").await.unwrap();
    let url = emulator.environment_url().to_owned();
    emulator.shutdown().await;
    let error = scalekit.organizations().get("org_1").await.unwrap_err();
    assert!(matches!(error, ScalekitError::Transport(_)), "{error:?}");
    assert_eq!(error.to_string(), "Scalekit cannot be reached");
    assert!(!format!("{error:?} {}", error.source().unwrap()).contains(&url));
}

#[tokio::test]
async fn what_is_no_answer_is_refused_and_no_redirect_is_followed() {
    let (emulator, scalekit) = start().await;
    let admin = emulator.admin();
    for fault in [
        Fault::Html,
        Fault::Size(2 * 1024 * 1024),
        Fault::Size(10),
        Fault::Redirect("/api/v1/organizations/org_2".to_owned()),
    ] {
        admin.fault(ORGANIZATION, fault.clone());
        let error = scalekit.organizations().get("org_1").await.unwrap_err();
        assert!(
            matches!(&error, ScalekitError::Malformed(_)),
            "{fault:?} {error:?}"
        );
        assert!(error.to_string().len() < 256, "{error}");
    }
    assert_eq!(admin.hits("/api/v1/organizations/org_2"), 0);
    assert_eq!(admin.hits(TOKEN), 1);
}

#[tokio::test]
async fn what_is_not_allowed_is_not_the_credentials_fault() {
    let (emulator, scalekit) = start().await;
    emulator.admin().fault(ORGANIZATION, Fault::Status(403));
    let error = scalekit.organizations().get("org_1").await;
    assert!(
        matches!(error, Err(ScalekitError::Forbidden(_))),
        "{error:?}"
    );
    assert_eq!(emulator.admin().hits(TOKEN), 1);
}
