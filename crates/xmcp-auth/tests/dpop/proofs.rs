//! Which proofs are good: section 4.3 of RFC 9449, check by check.

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};
use xmcp_auth::Dpop;

use crate::{
    fixture::{Answer, Fixture, public, thumbprint},
    signing_key::SigningKey,
};

async fn fixture() -> Fixture {
    Fixture::start(Some(Dpop::accepted())).await
}

#[track_caller]
fn is_served(answer: &Answer) {
    assert_eq!((answer.status, &*answer.body), (200, "usr_1 false false"));
}

#[track_caller]
fn is_refused(answer: &Answer, what: &str) {
    let seen = (answer.status, answer.error());
    assert_eq!(seen, (401, "invalid_dpop_proof".to_owned()), "{what}");
    assert!(
        answer
            .challenge
            .starts_with("DPoP error=\"invalid_dpop_proof\", "),
        "{what}: {}",
        answer.challenge
    );
}

#[tokio::test]
async fn a_bound_token_with_a_good_proof_is_served_and_nothing_of_either_reaches_the_handler() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    is_served(
        &fixture
            .with_proof(&token, &fixture.proof(&token).by(&fixture.key))
            .await,
    );
}

#[tokio::test]
async fn each_algorithm_of_the_list_is_good_with_a_key_of_its_type() {
    let fixture = fixture().await;
    for (algorithm, key) in [
        ("ES256", SigningKey::p256("a")),
        ("EdDSA", SigningKey::ed25519("b")),
    ] {
        let token = fixture.token_with(json!({ "jkt": thumbprint(&key) }));
        let proof = fixture
            .proof(&token)
            .header("alg", algorithm)
            .header("jwk", public(&key));
        is_served(&fixture.with_proof(&token, &proof.by(&key)).await);
    }
    let rsa = crate::signing_key::ada();
    let token = fixture.token_with(json!({ "jkt": thumbprint(rsa) }));
    for algorithm in ["RS256", "PS256"] {
        let proof = fixture
            .proof(&token)
            .claim("jti", algorithm)
            .header("alg", algorithm)
            .header("jwk", public(rsa));
        is_served(&fixture.with_proof(&token, &proof.by(rsa)).await);
    }
}

/// A key may say more of itself than it must.
#[tokio::test]
async fn what_a_key_says_of_itself_does_not_change_its_thumbprint() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let proof = fixture
        .proof(&token)
        .header("jwk", fixture.key.jwk_with("note", "mine"));
    is_served(&fixture.with_proof(&token, &proof.by(&fixture.key)).await);
}

#[tokio::test]
async fn a_proof_of_anything_else_is_none() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let good = || fixture.proof(&token);
    let other = SigningKey::p256("other");
    let url = |path: &str| fixture.url(path);
    let mut private = public(&fixture.key);
    private["d"] = json!("AAAA");
    let mut short = public(&fixture.key);
    short["x"] = json!("AAAA");
    let long = "a".repeat(9 * 1024);
    let now = fixture.clock.seconds();
    for (what, proof) in [
        // 2: a JWT.
        ("empty", String::new()),
        ("no JWT", String::from("proof")),
        ("two parts", String::from("e30.e30")),
        ("four parts", format!("{}.e30", good().by(&fixture.key))),
        ("padded", format!("{}=", good().by(&fixture.key))),
        ("huge", good().claim("note", &*long).by(&fixture.key)),
        // 3: the claims that it must have.
        ("no jti", good().claim("jti", Value::Null).by(&fixture.key)),
        ("empty jti", good().claim("jti", "").by(&fixture.key)),
        ("number as jti", good().claim("jti", 1).by(&fixture.key)),
        (
            "long jti",
            good().claim("jti", "j".repeat(257)).by(&fixture.key),
        ),
        ("no htm", good().claim("htm", Value::Null).by(&fixture.key)),
        ("no htu", good().claim("htu", Value::Null).by(&fixture.key)),
        ("no iat", good().claim("iat", Value::Null).by(&fixture.key)),
        (
            "text as iat",
            good().claim("iat", now.to_string()).by(&fixture.key),
        ),
        ("no ath", good().claim("ath", Value::Null).by(&fixture.key)),
        // 4: its type.
        ("typ JWT", good().header("typ", "JWT").by(&fixture.key)),
        (
            "typ at+jwt",
            good().header("typ", "at+jwt").by(&fixture.key),
        ),
        ("no typ", good().header("typ", Value::Null).by(&fixture.key)),
        // 5: an algorithm of the list.
        ("alg none", good().header("alg", "none").by(&fixture.key)),
        ("alg HS256", good().header("alg", "HS256").by(&fixture.key)),
        ("alg ES384", good().header("alg", "ES384").by(&fixture.key)),
        (
            "alg of another key type",
            good().header("alg", "RS256").by(&fixture.key),
        ),
        ("no alg", good().header("alg", Value::Null).by(&fixture.key)),
        // 6: signed by the key.
        ("another's signature", good().by(&other)),
        (
            "another's key",
            good().header("jwk", public(&other)).by(&fixture.key),
        ),
        // 7: a public key.
        (
            "private key",
            good().header("jwk", private).by(&fixture.key),
        ),
        ("no key", good().header("jwk", Value::Null).by(&fixture.key)),
        ("text as key", good().header("jwk", "key").by(&fixture.key)),
        ("no point", good().header("jwk", short).by(&fixture.key)),
        (
            "symmetric key",
            good()
                .header("jwk", json!({ "kty": "oct", "k": "AAAA" }))
                .by(&fixture.key),
        ),
        // 8 and 9: method and URL.
        ("htm GET", good().claim("htm", "GET").by(&fixture.key)),
        ("htm post", good().claim("htm", "post").by(&fixture.key)),
        (
            "htu of another path",
            good().claim("htu", url("/export")).by(&fixture.key),
        ),
        (
            "htu of another server",
            good()
                .claim("htu", "https://evil.example/mcp")
                .by(&fixture.key),
        ),
        (
            "htu of another port",
            good()
                .claim("htu", "http://127.0.0.1:1/mcp")
                .by(&fixture.key),
        ),
        ("htu as path", good().claim("htu", "/mcp").by(&fixture.key)),
        // 11: made about now.
        ("old", good().claim("iat", now - 60).by(&fixture.key)),
        ("future", good().claim("iat", now + 31).by(&fixture.key)),
        ("over", good().claim("exp", now).by(&fixture.key)),
        ("to come", good().claim("nbf", now + 31).by(&fixture.key)),
        // 12: for this token.
        (
            "ath of another token",
            good()
                .claim("ath", fixture.proof("other").by(&fixture.key))
                .by(&fixture.key),
        ),
        // Beyond the list.
        (
            "crit",
            good().header("crit", json!(["note"])).by(&fixture.key),
        ),
        (
            "jku",
            good()
                .header("jku", "https://evil.example")
                .by(&fixture.key),
        ),
        (
            "typ twice",
            good().twice(r#""typ":"dpop+jwt","#, "", &fixture.key),
        ),
        (
            "jwk twice",
            good().twice(
                &format!(r#""jwk":{},"#, public(&fixture.key)),
                "",
                &fixture.key,
            ),
        ),
        (
            "htu twice",
            good().twice("", r#""htu":"https://evil.example/mcp","#, &fixture.key),
        ),
    ] {
        is_refused(&fixture.with_proof(&token, &proof).await, what);
    }
    // None of them took the place of the good one.
    is_served(&fixture.with_proof(&token, &good().by(&fixture.key)).await);
}

/// The shared secret would be the public key, which everybody knows.
#[tokio::test]
async fn a_proof_that_is_signed_with_what_is_public_is_none() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let proof = fixture
        .proof(&token)
        .header("alg", "HS256")
        .by(&fixture.key);
    let (signed, _) = proof.rsplit_once('.').unwrap();
    let key = hmac::Key::new(
        hmac::HMAC_SHA256,
        public(&fixture.key).to_string().as_bytes(),
    );
    let signature = hmac::sign(&key, signed.as_bytes());
    let proof = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    is_refused(&fixture.with_proof(&token, &proof).await, "HS256");
}

/// Section 4.3, check 1.
#[tokio::test]
async fn there_is_exactly_one_proof() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let authorization = format!("DPoP {token}");
    let proof = fixture.proof(&token).by(&fixture.key);
    is_refused(
        &fixture.post(&[("authorization", &authorization)]).await,
        "none",
    );
    let two = [
        ("authorization", &*authorization),
        ("dpop", &proof),
        ("dpop", &proof),
    ];
    is_refused(&fixture.post(&two).await, "two");
    let joined = format!("{proof}, {proof}");
    is_refused(&fixture.with_proof(&token, &joined).await, "two in one");
}

/// Section 11.1.
#[tokio::test]
async fn a_proof_is_good_once() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let first = fixture.proof(&token).by(&fixture.key);
    is_served(&fixture.with_proof(&token, &first).await);
    is_refused(&fixture.with_proof(&token, &first).await, "the same");
    let renewed = fixture
        .proof(&token)
        .claim("note", "other")
        .by(&fixture.key);
    is_refused(&fixture.with_proof(&token, &renewed).await, "the same name");
    let second = fixture.proof(&token).claim("jti", "2").by(&fixture.key);
    is_served(&fixture.with_proof(&token, &second).await);
    fixture.clock.advance(89);
    let late = fixture.proof(&token).by(&fixture.key);
    is_refused(
        &fixture.with_proof(&token, &late).await,
        "its name, 89 seconds later",
    );
}

/// Of many that come at a time, one gets through.
#[tokio::test]
async fn a_proof_that_comes_many_times_at_once_is_good_once() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let proof = fixture.proof(&token).by(&fixture.key);
    let all = (0..20).map(|_| fixture.with_proof(&token, &proof));
    let answers = futures_util::future::join_all(all).await;
    let served = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(served, 1);
}

/// Nobody without a good token takes a place, or spoils the proof of who has one.
#[tokio::test]
async fn a_proof_counts_as_used_once_its_token_was_found_good() {
    let fixture = Fixture::start(Some(Dpop::accepted().remembered_proofs(10))).await;
    let bad = format!("{}x", fixture.bound_token());
    for number in 0..20 {
        let proof = fixture
            .proof(&bad)
            .claim("jti", number.to_string())
            .by(&fixture.key);
        assert_eq!(
            fixture.with_proof(&bad, &proof).await.error(),
            "invalid_token"
        );
    }
    let token = fixture.bound_token();
    let proof = fixture.proof(&token).by(&fixture.key);
    is_served(&fixture.with_proof(&token, &proof).await);
}

#[tokio::test]
async fn who_uses_up_the_places_is_told_to_come_back() {
    let fixture = Fixture::start(Some(Dpop::accepted().remembered_proofs(20))).await;
    let token = fixture.bound_token();
    let numbered = |number: usize| {
        fixture
            .proof(&token)
            .claim("jti", number.to_string())
            .by(&fixture.key)
    };
    for number in 0..2 {
        is_served(&fixture.with_proof(&token, &numbered(number)).await);
    }
    assert_eq!(fixture.with_proof(&token, &numbered(2)).await.status, 503);
    fixture.clock.advance(90);
    is_served(&fixture.with_proof(&token, &numbered(2)).await);
}

#[tokio::test]
async fn a_proof_may_be_a_minute_old_and_its_clock_half_a_minute_ahead() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let now = fixture.clock.seconds();
    for made_at in [now - 59, now + 30] {
        let proof = fixture
            .proof(&token)
            .claim("iat", made_at)
            .claim("jti", made_at.to_string());
        is_served(&fixture.with_proof(&token, &proof.by(&fixture.key)).await);
    }
}

/// Section 4.3, check 9: without query and fragment, by what it means.
#[tokio::test]
async fn a_url_is_compared_by_what_it_means_and_a_request_cannot_say_what_it_is() {
    let fixture = fixture().await;
    let token = fixture.bound_token();
    let authorization = format!("DPoP {token}");
    let proof = |url: String| {
        fixture
            .proof(&token)
            .claim("jti", &*url)
            .claim("htu", &*url)
            .by(&fixture.key)
    };
    let of = |host: &str, path: &str| format!("http://{host}:{}{path}", fixture.port);
    let host = |name: &str| format!("{name}:{}", fixture.port);
    for (named, url) in [
        ("127.0.0.1", of("127.0.0.1", "/mcp?a=b#c")),
        ("127.0.0.1", of("127.0.0.1", "/%6Dcp")),
        ("localhost", of("localhost", "/mcp")),
        ("localhost", of("LOCALHOST", "/./mcp")),
        ("[::1]", of("[::1]", "/mcp")),
    ] {
        let headers = [
            ("authorization", &*authorization),
            ("dpop", &proof(url.clone())),
            ("host", &host(named)),
        ];
        is_served(&fixture.post(&headers).await);
    }
    for (named, url) in [
        ("127.0.0.1", of("localhost", "/mcp")),
        ("localhost", of("127.0.0.1", "/mcp")),
        ("evil.example", String::from("http://evil.example/mcp")),
        ("evil.example", of("evil.example", "/mcp")),
    ] {
        let headers = [
            ("authorization", &*authorization),
            ("dpop", &proof(url.clone())),
            ("host", &host(named)),
        ];
        is_refused(&fixture.post(&headers).await, &url);
    }
    let export = fixture
        .proof(&token)
        .claim("htm", "GET")
        .claim("htu", of("127.0.0.1", "/export"));
    let export = export.by(&fixture.key);
    let headers = [("authorization", &*authorization), ("dpop", &export)];
    is_refused(
        &fixture.send(Method::GET, "/mcp", &headers).await,
        "another route",
    );
    is_served(&fixture.send(Method::GET, "/export?all", &headers).await);
}
