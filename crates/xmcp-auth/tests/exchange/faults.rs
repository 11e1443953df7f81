//! What goes wrong, and that nothing of it is kept.

use std::time::Duration;

use scalekit_emulator::Fault;
use serde_json::json;
use xmcp_auth::Secret;

use crate::fixture::{ENDPOINT, Fixture, claims};

#[tokio::test]
async fn a_refusal_is_told_by_its_code_and_not_remembered() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let refused =
        |code: &str| format!("the authorization server gives no token for this service: `{code}`");
    assert_eq!(
        fixture.exchanged("resource=nowhere", &token).await,
        refused("invalid_target")
    );
    assert_eq!(
        fixture.exchanged("resource=nowhere", &token).await,
        refused("invalid_target")
    );
    assert_eq!(fixture.asked(), 2);
    assert_eq!(
        fixture.exchanged("scope=%22", &token).await,
        refused("invalid_scope")
    );
}

#[tokio::test]
async fn an_authorization_server_that_is_gone_is_told_apart_from_one_that_refuses() {
    let endpoint = "http://127.0.0.1:1/oauth/token";
    let exchange = xmcp_auth::TokenExchange::new(endpoint, "client", Secret::new("secret"));
    let fixture = Fixture::with(|_| Some(exchange)).await;
    let told = fixture.exchanged("", &fixture.token()).await;
    assert_eq!(told, "no token for this service can be had now");
}

#[tokio::test]
async fn a_client_with_a_wrong_secret_is_told_so() {
    let fixture = Fixture::start().await;
    let client = fixture.emulator.connection().environment_client();
    let endpoint = format!("{}{ENDPOINT}", fixture.emulator.environment_url());
    let exchange = xmcp_auth::TokenExchange::new(endpoint, client.id(), Secret::new("wrong"));
    let other = Fixture::with(|_| Some(exchange)).await;
    let told = other.exchanged("", &other.token()).await;
    assert_eq!(
        told,
        "the authorization server gives no token for this service: `invalid_client`"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_an_error_and_the_next_one_is_asked_for() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let body = |value: serde_json::Value| Fault::Body {
        content_type: "application/json",
        body: value.to_string(),
    };
    let unavailable = "no token for this service can be had now";
    for (fault, told) in [
        (Fault::Status(500), unavailable),
        (Fault::RateLimited(7), unavailable),
        (Fault::Size(1 << 20), unavailable),
        (
            Fault::Redirect("https://evil.example".into()),
            "it is no JSON object",
        ),
        (Fault::Html, "it is no JSON object"),
        (
            body(json!({ "access_token": "t", "token_type": "DPoP" })),
            "`token_type` is not `Bearer`",
        ),
        (
            body(json!({ "access_token": "t", "token_type": "N_A" })),
            "`token_type` is not `Bearer`",
        ),
        (
            body(json!({ "token_type": "Bearer" })),
            "`access_token` is missing or not the text of a token",
        ),
    ] {
        fixture.emulator.admin().fault(ENDPOINT, fault.clone());
        let answer = fixture.exchanged("", &token).await;
        assert!(answer.ends_with(told), "{fault:?}: {answer}");
    }
    fixture.emulator.admin().clear_fault(ENDPOINT);
    assert_eq!(claims(&fixture.exchanged("", &token).await)["sub"], "usr_1");
}

#[tokio::test]
async fn an_authorization_server_that_takes_too_long_is_not_waited_for() {
    let fixture = Fixture::start().await;
    fixture
        .emulator
        .admin()
        .fault(ENDPOINT, Fault::Latency(Duration::from_secs(60)));
    let token = fixture.token();
    let ask = async {
        let started = tokio::time::Instant::now();
        (fixture.exchanged("", &token).await, started.elapsed())
    };
    let pass = async {
        while fixture.asked() == 0 {
            tokio::task::yield_now().await;
        }
        // From here on time passes when nobody has anything to do.
        tokio::time::pause();
    };
    let ((answer, waited), ()) = tokio::join!(ask, pass);
    assert_eq!(answer, "the authorization server did not answer in time");
    assert!(waited < Duration::from_secs(6), "{waited:?}");
}
