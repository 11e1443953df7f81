//! What a handler gets.

use serde_json::json;
use xmcp_auth::{Provider, Resource, Secret, Session, TokenExchange};

use crate::fixture::{Fixture, claims};

#[tokio::test]
async fn a_handler_gets_a_token_for_another_service_in_the_callers_name() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let exchanged = claims(&fixture.exchanged("scope=events:read", &token).await);
    assert_eq!(exchanged["aud"], json!(["https://api.example.com"]));
    assert_eq!(exchanged["sub"], "usr_1");
    assert_eq!(exchanged["scope"], "events:read");
    let client = fixture.emulator.connection().environment_client().id();
    assert_eq!(exchanged["act"], json!({ "sub": client }));
    let by_resource = fixture
        .exchanged("resource=https://other.example/api", &token)
        .await;
    assert_eq!(
        claims(&by_resource)["aud"],
        json!(["https://other.example/api"])
    );
}

#[tokio::test]
async fn a_client_may_prove_who_it_is_in_the_form() {
    let fixture = Fixture::with(|exchange| Some(exchange.client_secret_post())).await;
    let exchanged = fixture.exchanged("", &fixture.token()).await;
    assert_eq!(claims(&exchanged)["sub"], "usr_1");
}

#[tokio::test]
async fn a_token_is_kept_for_its_caller_service_and_scopes_until_shortly_before_its_end() {
    let fixture = Fixture::start().await;
    let (ada, other) = (fixture.token(), fixture.token());
    let first = fixture.exchanged("scope=a", &ada).await;
    assert_eq!(fixture.exchanged("scope=a", &ada).await, first);
    assert_eq!(fixture.asked(), 1);
    for (query, token) in [
        ("scope=a", &other),
        ("scope=a%20b", &ada),
        ("audience=other&scope=a", &ada),
        ("resource=https://api.example.com&scope=a", &ada),
    ] {
        assert_ne!(fixture.exchanged(query, token).await, first, "{query}");
    }
    assert_eq!(fixture.asked(), 5);
    fixture.clock.advance(3500);
    assert_eq!(fixture.exchanged("scope=a", &ada).await, first);
    fixture.clock.advance(100);
    assert_ne!(fixture.exchanged("scope=a", &ada).await, first);
    assert_eq!(fixture.asked(), 6);
}

#[tokio::test]
async fn who_asks_for_the_same_at_a_time_waits_for_one_request() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let all = (0..30).map(|_| fixture.exchanged("", &token));
    let answers = futures_util::future::join_all(all).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(
        (claims(&answers[0])["sub"].as_str(), fixture.asked()),
        (Some("usr_1"), 1)
    );
}

#[tokio::test]
async fn without_an_exchange_there_is_no_token_and_a_test_has_none_either() {
    let fixture = Fixture::with(|_| None).await;
    let told =
        "no token exchange is configured for this caller: `Provider::token_exchange` does that";
    assert_eq!(fixture.exchanged("", &fixture.token()).await, told);
    let session = Session::for_test("usr_1").build();
    assert_eq!(
        session.token_for("api").await.unwrap_err().to_string(),
        told
    );
}

#[test]
fn an_endpoint_that_may_not_be_asked_is_an_error_before_anything_is_served() {
    for endpoint in [
        "http://auth.example.com/token",
        "https://user:hush@auth.example.com/token",
        "file:///token",
        "token",
        "",
    ] {
        let exchange = TokenExchange::new(endpoint, "client", Secret::new("hush"));
        let provider =
            Provider::new(["https://auth.example.com"], Nobody).token_exchange(exchange.clone());
        let error = provider
            .protect(Resource::new("https://mcp.example.com/mcp"))
            .unwrap_err();
        assert!(error.to_string().contains("a token endpoint"), "{error}");
        assert!(
            !format!("{error} {error:?} {exchange:?}").contains("hush"),
            "{error}"
        );
    }
}

struct Nobody;

impl xmcp_auth::Verifier for Nobody {
    fn verify<'a>(
        &'a self,
        _: xmcp_auth::Credential<'a>,
    ) -> futures_util::future::BoxFuture<'a, Result<Session, xmcp_auth::VerifyError>> {
        Box::pin(async { Err(xmcp_auth::VerifyError::Expired) })
    }
}
