//! One strange key beside a good one is no outage, and no way in.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use xmcp_auth::{Algorithm, Reason};

use crate::support::{Answer, Fixture, SigningKey, ada, eve};

/// An RSA key whose modulus has so many bits. No one has the private half.
fn modulus_of(bits: usize) -> Value {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    modulus[0] = 0xff >> ((8 - bits % 8) % 8);
    eve().jwk_with("n", URL_SAFE_NO_PAD.encode(modulus))
}

fn strange_keys() -> Vec<Value> {
    let padded = format!("{}=", ada().jwk()["n"].as_str().unwrap());
    let classic = ada().jwk()["n"].as_str().unwrap().replace(['-', '_'], "+");
    let with = |name: &str, value: Value| eve().jwk_with(name, value);
    vec![
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "pq", "pub": "AAAA" }),
        with("use", json!("tls")),
        with("use", json!("enc")),
        with("use", json!(5)),
        with("alg", json!("RSA-OAEP-384")),
        with("alg", json!("RS512")),
        with("alg", json!(["RS256"])),
        with("n", json!(padded)),
        with("n", json!(classic + "+")),
        with("n", json!("")),
        with("n", json!(5)),
        with("n", json!("AA")),
        with("e", json!("AQ")),
        with("e", json!("AA")),
        with("e", json!("AAI")),
        with("e", json!("")),
        with("e", json!("_________w")),
        with("kid", json!(5)),
        with("kty", json!("rsa")),
        with("key_ops", json!(["encrypt"])),
        with("key_ops", json!(["sign"])),
        with("key_ops", json!([])),
        with("key_ops", json!("verify")),
        with("d", json!("AAAA")),
        with("p", json!("AAAA")),
        eve().jwk_without("kty"),
        eve().jwk_without("n"),
        eve().jwk_without("e"),
        modulus_of(512),
        modulus_of(1024),
        modulus_of(2047),
        modulus_of(8193),
        modulus_of(65_536),
        json!({ "kty": "OKP", "crv": "Ed448", "kid": "ed448", "x": "AAAA" }),
        json!({ "kty": "OKP", "crv": "X25519", "kid": "x", "x": URL_SAFE_NO_PAD.encode([9; 32]) }),
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA" }),
        json!({ "kty": "EC", "crv": "P-256", "kid": "zero", "x": URL_SAFE_NO_PAD.encode([0; 32]), "y": URL_SAFE_NO_PAD.encode([0; 32]) }),
        json!({ "kty": "EC", "crv": "P-256", "kid": "short", "x": "AAAA", "y": "AAAA" }),
        json!({ "kty": "EC", "crv": "P-521", "kid": "p521", "x": "AAAA", "y": "AAAA" }),
        json!({ "kty": "EC", "crv": "secp256k1", "kid": "bitcoin", "x": "AAAA", "y": "AAAA" }),
        json!({ "kty": "oct", "alg": "HS256", "kid": "shared", "k": "c2VjcmV0" }),
        json!({}),
        json!([]),
        json!(null),
        json!("key"),
    ]
}

#[tokio::test]
async fn j5_a_strange_key_before_or_behind_a_good_one_is_skipped() {
    for strange in strange_keys() {
        let fixture = Fixture::with(|builder| {
            builder.algorithms([Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa])
        })
        .await;
        for keys in [
            [strange.clone(), ada().jwk()],
            [ada().jwk(), strange.clone()],
        ] {
            fixture.server.answers(Answer::keys(keys));
            assert!(fixture.is_good(&fixture.token().sign()).await, "{strange}");
            assert!(
                !fixture.is_good(&fixture.token().by(eve())).await,
                "{strange}"
            );
        }
        // Nothing of it counts as a key: one is left, so a token need not name it.
        assert!(
            fixture
                .is_good(&fixture.token().without_header("kid").sign())
                .await,
            "{strange}"
        );
    }
}

#[tokio::test]
async fn j5_a_set_of_strange_keys_alone_is_no_set() {
    for strange in strange_keys() {
        let fixture = Fixture::start().await;
        fixture.server.answers(Answer::keys([strange]));
        assert_eq!(
            fixture.retry_after(&fixture.token().sign()).await,
            Duration::from_secs(30)
        );
    }
}

#[tokio::test]
async fn a_good_key_may_say_more_than_we_read() {
    for (name, value) in [
        ("x5t", json!("not base64url, and not 20 bytes")),
        ("x5c", json!("no list")),
        ("x5u", json!("not a url")),
        ("use", json!("sig")),
        ("key_ops", json!(["verify"])),
        ("key_ops", json!(["sign", "verify"])),
        ("created_at", json!({ "a": [1] })),
    ] {
        let fixture = Fixture::start().await;
        fixture
            .server
            .answers(Answer::keys([ada().jwk_with(name, value)]));
        assert!(fixture.is_good(&fixture.token().sign()).await, "{name}");
    }
    for name in ["use", "alg"] {
        let fixture = Fixture::start().await;
        fixture
            .server
            .answers(Answer::keys([ada().jwk_without(name)]));
        assert!(fixture.is_good(&fixture.token().sign()).await, "{name}");
    }
}

#[tokio::test]
async fn j5_keys_of_one_id_are_each_tried() {
    let fixture = Fixture::start().await;
    for keys in [
        [eve().jwk_with("kid", ada().id), ada().jwk()],
        [ada().jwk(), eve().jwk_with("kid", ada().id)],
        [ada().jwk(), ada().jwk()],
    ] {
        let fixture = Fixture::start().await;
        fixture.server.answers(Answer::keys(keys));
        assert!(fixture.is_good(&fixture.token().sign()).await);
    }
    // There is no trying of keys that go by another name.
    fixture
        .server
        .answers(Answer::keys([ada().jwk(), eve().jwk()]));
    assert_eq!(
        fixture.reason(&fixture.token().signed_by(eve())).await,
        Reason::Signature
    );
}

#[tokio::test]
async fn a_key_that_has_a_member_twice_is_skipped_and_its_neighbour_is_not() {
    let fixture = Fixture::start().await;
    let twice = eve().jwk().to_string().replacen('{', r#"{"use":"enc","#, 1);
    fixture.server.answers(Answer::body(format!(
        r#"{{"keys":[{twice},{}]}}"#,
        ada().jwk()
    )));
    assert!(fixture.is_good(&fixture.token().sign()).await);
    assert!(!fixture.is_good(&fixture.token().by(eve())).await);
}

#[tokio::test]
async fn sixty_four_keys_are_read_and_sixty_five_are_not() {
    let keys = |count: usize| {
        let others = (1..count).map(|number| eve().jwk_with("kid", format!("other_{number}")));
        Answer::keys(others.chain([ada().jwk()]))
    };
    let fixture = Fixture::start().await;
    fixture.server.answers(keys(64));
    assert!(fixture.is_good(&fixture.token().sign()).await);

    let fixture = Fixture::start().await;
    fixture.server.answers(keys(65));
    fixture.retry_after(&fixture.token().sign()).await;
}

#[tokio::test]
async fn a_key_of_each_size_there_is_in_practice_is_fit() {
    let fixture = Fixture::start().await;
    let keys = [2048, 3072, 4096, 8192].map(|bits| {
        let mut key = modulus_of(bits);
        key["kid"] = json!(format!("rsa_{bits}"));
        key
    });
    fixture.server.answers(Answer::keys(keys));
    for bits in [2048, 3072, 4096, 8192] {
        let token = fixture.token().header("kid", format!("rsa_{bits}")).sign();
        assert_eq!(fixture.reason(&token).await, Reason::Signature, "{bits}");
    }
    let other = SigningKey::p256("other");
    assert_eq!(
        fixture.reason(&fixture.token().by(&other)).await,
        Reason::UnknownKey("other".to_owned())
    );
}
