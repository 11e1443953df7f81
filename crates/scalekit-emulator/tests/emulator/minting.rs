//! Tokens that tests make.

use scalekit_emulator::Signer;
use serde_json::json;

use crate::support::{SERVER, part, start, verified};

#[tokio::test]
async fn a_minted_token_is_genuine_but_for_its_changes() {
    let emulator = start().await;
    let token = emulator.admin().mint(
        json!({ "sub": "usr_7", "oid": null, "plan": { "seats": 3 } }),
        json!({ "typ": "at+jwt", "ver": 1 }),
    );
    let claims = verified(&emulator, &token).await;
    assert_eq!(
        (&claims["sub"], &claims["aud"], &claims["plan"]),
        (
            &json!("usr_7"),
            &json!([SERVER, "res_1"]),
            &json!({ "seats": 3 })
        )
    );
    assert_eq!(claims.get("oid"), None);
    assert_eq!(
        part(&token, 0),
        json!({ "alg": "RS256", "kid": emulator.admin().key_id(), "typ": "at+jwt", "ver": 1 })
    );
}

#[tokio::test]
async fn a_token_may_be_signed_the_wrong_way() {
    let emulator = start().await;
    let admin = emulator.admin();
    let pem = admin.public_pem();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----\nMIIB"));
    for (signer, algorithm, bytes) in [
        (Signer::CurrentRs384, "RS384", 256),
        (Signer::CurrentPs256, "PS256", 256),
        (Signer::Stranger, "RS256", 256),
        (Signer::StrangerEs256, "ES256", 64),
        (Signer::Secret(pem.into_bytes()), "HS256", 32),
        (Signer::Nobody, "none", 0),
    ] {
        let token = admin.mint_signed(json!({}), json!({}), &signer);
        assert_eq!(part(&token, 0)["alg"], algorithm);
        let signature = token.rsplit_once('.').unwrap().1;
        assert_eq!(
            signature.len(),
            (bytes * 4_usize).div_ceil(3),
            "{algorithm}"
        );
    }
    let lying = admin.mint_signed(
        json!({}),
        json!({ "alg": "RS256" }),
        &Signer::Secret(b"x".to_vec()),
    );
    assert_eq!(part(&lying, 0)["alg"], "RS256");
}

#[tokio::test]
async fn a_token_may_be_made_of_any_text() {
    let emulator = start().await;
    let token = emulator
        .admin()
        .mint_raw("{}", "{\"aud\":1,\"aud\":2}", &Signer::Current);
    assert_eq!(token.split('.').nth(1), Some("eyJhdWQiOjEsImF1ZCI6Mn0"));
}
