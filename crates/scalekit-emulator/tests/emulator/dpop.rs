//! Tokens that are bound to a key (RFC 9449): the proof at the token endpoint.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use scalekit_emulator::Running;
use serde_json::{Value, json};

use crate::support::{Answer, form, send, start, verified};

struct Key(EcdsaKeyPair);

impl Key {
    fn jwk(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({ "crv": "P-256", "kty": "EC", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) })
    }

    fn proof(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = self
            .0
            .sign(&SystemRandom::new(), signed.as_bytes())
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn key() -> Key {
    Key(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
}

fn claims(emulator: &Running) -> Value {
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap()
        .as_secs();
    let url = format!("{}/oauth/token", emulator.environment_url());
    json!({ "jti": "1", "htm": "POST", "htu": url, "iat": now })
}

async fn token(emulator: &Running, proof: &str) -> Answer {
    let client = emulator.connection().mcp_client();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client.id()),
        ("client_secret", client.secret()),
    ];
    let url = format!("{}/oauth/token", emulator.environment_url());
    send(form(&url, &fields).header("dpop", proof)).await
}

#[tokio::test]
async fn a_token_is_bound_to_the_key_that_the_request_proves() {
    let emulator = start().await;
    let key = key();
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk() });
    let answer = token(&emulator, &key.proof(&header, &claims(&emulator))).await;
    assert_eq!(answer.json()["token_type"], "DPoP");
    let text = answer.json()["access_token"].as_str().unwrap().to_owned();
    let claims = verified(&emulator, &text).await;
    let thumbprint =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.jwk().to_string().as_bytes());
    assert_eq!(
        claims["cnf"],
        json!({ "jkt": URL_SAFE_NO_PAD.encode(thumbprint) })
    );
}

#[tokio::test]
async fn a_proof_of_something_else_gets_no_token() {
    let emulator = start().await;
    let key = key();
    let good = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.jwk() });
    let with = |value: &Value, name: &str, other: Value| {
        let mut value = value.clone();
        value[name] = other;
        value
    };
    let claims = claims(&emulator);
    let mut proofs = vec![String::from("no proof")];
    for header in [
        with(&good, "typ", json!("JWT")),
        with(&good, "alg", json!("none")),
        with(&good, "jwk", self::key().jwk()),
        with(&good, "jwk", with(&key.jwk(), "d", json!("AAAA"))),
    ] {
        proofs.push(key.proof(&header, &claims));
    }
    for (name, value) in [
        ("htm", json!("GET")),
        ("htu", json!("https://other.example/oauth/token")),
        ("iat", json!(0)),
        ("jti", json!("")),
    ] {
        proofs.push(key.proof(&good, &with(&claims, name, value)));
    }
    for proof in proofs {
        let answer = token(&emulator, &proof).await;
        assert_eq!(
            answer.error(),
            (400, "invalid_dpop_proof".to_owned()),
            "{proof}"
        );
    }
}
