//! What is said of DPoP: challenges (RFC 9449, section 7.1) and metadata (RFC 9728, section 2).

use serde_json::{Value, json};
use xmcp_auth::Dpop;

use crate::fixture::Fixture;

const ALGORITHMS: &str = r#"algs="ES256 EdDSA PS256 RS256""#;

fn metadata_parameter(fixture: &Fixture) -> String {
    let url = fixture.url("/.well-known/oauth-protected-resource/mcp");
    format!(r#"resource_metadata="{url}""#)
}

/// Clients that know only bearer tokens look at the first scheme and take the first parameter of a name that they find.
#[tokio::test]
async fn where_both_are_good_the_challenge_is_one_header_that_begins_with_bearer() {
    let fixture = Fixture::start(Some(Dpop::accepted())).await;
    let metadata = metadata_parameter(&fixture);
    let answer = fixture.post(&[]).await;
    assert_eq!(
        answer.challenge,
        format!("Bearer {metadata}, DPoP {ALGORITHMS}")
    );
    let answer = fixture.post(&[("authorization", "Bearer forged")]).await;
    assert_eq!(
        answer.challenge,
        format!(
            r#"Bearer error="invalid_token", error_description="Token verification failed", {metadata}, DPoP {ALGORITHMS}"#
        )
    );
    let answer = fixture.with_proof("forged", "proof").await;
    assert_eq!(
        answer.challenge,
        format!(
            r#"DPoP error="invalid_dpop_proof", error_description="The DPoP proof is missing or not good", {metadata}, {ALGORITHMS}"#
        )
    );
    let token = "forged";
    let answer = fixture
        .with_proof(token, &fixture.proof(token).by(&fixture.key))
        .await;
    assert_eq!(
        answer.challenge,
        format!(
            r#"DPoP error="invalid_token", error_description="Token verification failed", {metadata}, {ALGORITHMS}"#
        )
    );
}

#[tokio::test]
async fn where_a_proof_is_required_there_is_no_other_scheme() {
    let fixture = Fixture::start(Some(Dpop::required())).await;
    let metadata = metadata_parameter(&fixture);
    for headers in [&[][..], &[("authorization", "Bearer token")]] {
        let answer = fixture.post(headers).await;
        assert_eq!(answer.challenge, format!("DPoP {metadata}, {ALGORITHMS}"));
    }
}

#[tokio::test]
async fn the_metadata_says_what_is_taken() {
    let algorithms = json!(["ES256", "EdDSA", "PS256", "RS256"]);
    for (dpop, algorithms, is_required) in [
        (None, Value::Null, Value::Null),
        (Some(Dpop::accepted()), algorithms.clone(), Value::Null),
        (Some(Dpop::required()), algorithms.clone(), json!(true)),
    ] {
        let fixture = Fixture::start(dpop).await;
        let url = fixture.url("/.well-known/oauth-protected-resource/mcp");
        let text = crate::fixture::client().get(url).send().await.unwrap();
        let document: Value = serde_json::from_slice(&text.bytes().await.unwrap()).unwrap();
        assert_eq!(document["dpop_signing_alg_values_supported"], algorithms);
        assert_eq!(document["dpop_bound_access_tokens_required"], is_required);
    }
}
