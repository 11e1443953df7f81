//! Which token may come how.

use serde_json::{Value, json};
use xmcp_auth::Dpop;

use crate::{
    fixture::{Answer, Fixture, public, thumbprint},
    signing_key::SigningKey,
};

async fn as_bearer(fixture: &Fixture, token: &str) -> Answer {
    fixture
        .post(&[("authorization", &format!("Bearer {token}"))])
        .await
}

#[track_caller]
fn is_no_token(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.error()),
        (401, "invalid_token".to_owned())
    );
}

/// Section 7.2: a bound token is of no use to who has it alone.
#[tokio::test]
async fn a_bound_token_is_no_bearer_token_whether_it_was_seen_before_or_not() {
    for dpop in [None, Some(Dpop::accepted())] {
        let fixture = Fixture::start(dpop).await;
        let token = fixture.bound_token();
        is_no_token(&as_bearer(&fixture, &token).await);
        // From now on it is in the cache, where it is taken with a proof.
        fixture
            .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
            .await;
        is_no_token(&as_bearer(&fixture, &token).await);
        let authorization = format!("Bearer {token}");
        let proof = fixture.proof(&token).claim("jti", "2").by(&fixture.key);
        let answer = fixture
            .post(&[("authorization", &authorization), ("dpop", &proof)])
            .await;
        is_no_token(&answer);
    }
}

#[tokio::test]
async fn a_token_that_is_bound_to_nothing_or_otherwise_comes_with_no_proof() {
    let fixture = Fixture::start(Some(Dpop::accepted())).await;
    let own = thumbprint(&fixture.key);
    for confirmation in [
        Value::Null,
        json!({}),
        json!({ "jkt": thumbprint(&SigningKey::p256("other")) }),
        json!({ "jkt": "" }),
        json!({ "jkt": [own] }),
        json!({ "jkt": own, "x5t#S256": "certificate" }),
        json!({ "jwk": public(&fixture.key) }),
        json!(own),
    ] {
        let token = fixture.token_with(confirmation.clone());
        let answer = fixture
            .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
            .await;
        is_no_token(&answer);
    }
}

/// Also when the token was let in a moment ago, with the proof of its own key.
#[tokio::test]
async fn a_stolen_token_is_of_no_use_with_another_key() {
    let fixture = Fixture::start(Some(Dpop::accepted())).await;
    let token = fixture.bound_token();
    let answer = fixture
        .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
        .await;
    assert_eq!(answer.status, 200);
    let thief = SigningKey::p256("thief");
    let proof = fixture.proof(&token).header("jwk", public(&thief));
    is_no_token(&fixture.with_proof(&token, &proof.by(&thief)).await);
}

#[tokio::test]
async fn a_bearer_token_is_good_where_proofs_are_accepted_and_not_where_they_are_required() {
    for (dpop, status) in [(Dpop::accepted(), 200), (Dpop::required(), 401)] {
        let fixture = Fixture::start(Some(dpop)).await;
        let token = fixture.token_with(Value::Null);
        assert_eq!(as_bearer(&fixture, &token).await.status, status);
        let bound = fixture.bound_token();
        let answer = fixture
            .with_proof(&bound, &fixture.proof(&bound).by(&fixture.key))
            .await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn without_the_providers_word_there_is_no_such_scheme() {
    let fixture = Fixture::start(None).await;
    let token = fixture.bound_token();
    let answer = fixture
        .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
        .await;
    assert_eq!(
        (answer.status, answer.error()),
        (401, "unauthorized".to_owned())
    );
    assert!(!answer.challenge.contains("DPoP"), "{}", answer.challenge);
}

#[tokio::test]
async fn an_expired_bound_token_is_told_apart() {
    let fixture = Fixture::start(Some(Dpop::accepted())).await;
    let claims = json!({ "exp": 1, "iat": 0, "cnf": { "jkt": thumbprint(&fixture.key) } });
    let token = fixture.emulator.admin().mint(claims, json!({}));
    let answer = fixture
        .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
        .await;
    assert!(answer.challenge.starts_with(
        r#"DPoP error="invalid_token", error_description="The access token expired""#
    ));
}
