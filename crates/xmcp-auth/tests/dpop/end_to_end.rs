//! From the token endpoint to the resource, with one key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use xmcp_auth::Dpop;

use crate::fixture::{Fixture, client};

#[tokio::test]
async fn a_client_gets_a_token_for_its_key_and_uses_it_with_its_key() {
    let fixture = Fixture::start(Some(Dpop::required())).await;
    let endpoint = format!("{}/oauth/token", fixture.emulator.environment_url());
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let proof = fixture
        .proof("")
        .claim("ath", Value::Null)
        .claim("htu", &*endpoint)
        .claim("iat", now)
        .by(&fixture.key);
    let machine = fixture.emulator.connection().mcp_client();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        machine.id(),
        machine.secret()
    );
    let answer = client()
        .post(&endpoint)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", proof)
        .body(form)
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(answer["token_type"], "DPoP");
    let token = answer["access_token"].as_str().unwrap();
    let served = fixture
        .with_proof(token, &fixture.proof(token).by(&fixture.key))
        .await;
    assert_eq!(served.body, format!("{} false false", machine.id()));

    let claims = token.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let expected = json!({ "jkt": crate::fixture::thumbprint(&fixture.key) });
    assert_eq!(claims["cnf"], expected);
}
