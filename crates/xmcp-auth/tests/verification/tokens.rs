//! Rows T1 to T16 of the threat table: what a token must be.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use xmcp_auth::{Algorithm, Reason, VerifyError};

use crate::support::{Answer, Fixture, KeyServer, SigningKey, ada, eve};

#[tokio::test]
async fn t1_a_good_token_is_a_session() {
    let fixture = Fixture::start().await;
    let session = fixture.verify(&fixture.token().sign()).await.unwrap();
    assert_eq!(session.user_id(), "usr_1");
    assert_eq!(session.organization_id(), Some("org_1"));
    assert_eq!(session.scopes().to_vec(), ["openid", "todo:read"]);
    assert_eq!(session.issuer(), fixture.server.url(""));
    assert_eq!(session.token_id(), Some("tkn_1"));
}

#[tokio::test]
async fn t2_what_was_signed_is_what_counts() {
    let fixture = Fixture::start().await;
    let token = fixture.token().sign();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    bytes[100] ^= 1;
    let flipped = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes));
    let swapped = format!(
        "{}.{signature}",
        fixture.token().claim("sub", "usr_2").unsigned()
    );
    let by_another = fixture.token().signed_by(eve());
    for token in [flipped, swapped, by_another] {
        assert_eq!(fixture.reason(&token).await, Reason::Signature);
    }
    for token in [format!("{signed}."), format!("{signed}.{signature}=")] {
        assert!(!fixture.is_good(&token).await);
    }
}

#[tokio::test]
async fn t3_a_token_without_signature_is_refused_and_nobody_is_asked() {
    let fixture = Fixture::start().await;
    for name in ["none", "None", "nOnE", ""] {
        let unsigned = fixture.token().header("alg", name).unsigned();
        assert_eq!(
            fixture.reason(&format!("{unsigned}.")).await,
            Reason::Algorithm(name.to_owned())
        );
    }
    let missing = fixture.token().without_header("alg").unsigned();
    assert_eq!(
        fixture.reason(&format!("{missing}.")).await,
        Reason::Header("alg")
    );
    assert_eq!(fixture.server.hits(), 0);
}

#[tokio::test]
async fn t4_a_public_key_is_never_a_shared_secret() {
    let fixture = Fixture::start().await;
    let der = ada().der();
    let pem = format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        STANDARD.encode(&der)
    );
    let modulus = ada().jwk()["n"].as_str().unwrap().to_owned();
    for secret in [pem.into_bytes(), der, modulus.into_bytes()] {
        for (name, digest) in [("HS256", hmac::HMAC_SHA256), ("HS512", hmac::HMAC_SHA512)] {
            let unsigned = fixture.token().header("alg", name).unsigned();
            let signature = hmac::sign(&hmac::Key::new(digest, &secret), unsigned.as_bytes());
            let token = format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature));
            assert_eq!(
                fixture.reason(&token).await,
                Reason::Algorithm(name.to_owned())
            );
        }
    }
}

#[tokio::test]
async fn t5_an_algorithm_that_is_not_configured_is_refused() {
    let fixture = Fixture::start().await;
    fixture.server.answers(Answer::keys([
        ada().jwk_without("alg"),
        SigningKey::p256("ec").jwk(),
    ]));
    for name in ["RS384", "PS256", "ES256", "rs256", "RS256 "] {
        let token = fixture.token().header("alg", name).sign();
        assert_eq!(
            fixture.reason(&token).await,
            Reason::Algorithm(name.to_owned())
        );
    }
}

#[tokio::test]
async fn t5_each_algorithm_that_is_configured_verifies_with_its_own_kind_of_key() {
    let all = [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
        Algorithm::Ps384,
        Algorithm::Ps512,
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::EdDsa,
    ];
    let fixture = Fixture::with(|builder| builder.algorithms(all)).await;
    let (p256, p384, ed25519) = (
        SigningKey::p256("p256"),
        SigningKey::p384("p384"),
        SigningKey::ed25519("ed"),
    );
    let keys = [
        ada().jwk_without("alg"),
        p256.jwk(),
        p384.jwk(),
        ed25519.jwk(),
    ];
    fixture.server.answers(Answer::keys(keys));
    for algorithm in all {
        let name = algorithm.name();
        let key = match algorithm {
            Algorithm::Es256 => &p256,
            Algorithm::Es384 => &p384,
            Algorithm::EdDsa => &ed25519,
            _ => ada(),
        };
        let token = fixture.token().header("alg", name);
        assert!(fixture.is_good(&token.clone().by(key)).await, "{name}");
        for other in [ada(), &p256, &p384, &ed25519] {
            if other.id != key.id {
                assert!(
                    !fixture.is_good(&token.clone().by(other)).await,
                    "{name} by {}",
                    other.id
                );
            }
        }
    }
}

#[tokio::test]
async fn t5_a_key_is_used_for_the_algorithm_it_names_alone() {
    let fixture =
        Fixture::with(|builder| builder.algorithms([Algorithm::Rs256, Algorithm::Ps256])).await;
    assert!(fixture.is_good(&fixture.token().sign()).await);
    let token = fixture.token().header("alg", "PS256").sign();
    assert_eq!(
        fixture.reason(&token).await,
        Reason::UnknownKey("snk_ada".to_owned())
    );
}

#[tokio::test]
async fn t6_a_header_that_brings_a_key_is_refused_and_nothing_is_fetched_from_it() {
    let fixture = Fixture::start().await;
    let evil = KeyServer::start(Answer::keys([eve().jwk()])).await;
    for (name, value) in [
        ("jwk", eve().jwk()),
        ("jku", json!(evil.url("/keys"))),
        ("x5u", json!(evil.url("/certificate"))),
        ("x5c", json!([STANDARD.encode(eve().der())])),
        ("crit", json!([])),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
    ] {
        for token in [
            fixture.token().header(name, value.clone()).by(eve()),
            fixture.token().header(name, value.clone()).sign(),
        ] {
            assert_eq!(fixture.reason(&token).await, Reason::Header(name));
        }
    }
    assert_eq!((evil.hits(), fixture.server.hits()), (0, 0));
}

#[tokio::test]
async fn t6_a_parameter_that_is_merely_unknown_is_no_reason() {
    let fixture = Fixture::start().await;
    let token = fixture
        .token()
        .header("ver", 1)
        .header("x", json!({ "y": [] }))
        .sign();
    assert!(fixture.is_good(&token).await);
}

#[tokio::test]
async fn t7_a_key_id_may_be_missing_only_if_there_is_one_key() {
    let fixture = Fixture::start().await;
    let nameless = fixture.token().without_header("kid").sign();
    assert!(fixture.is_good(&nameless).await);

    let fixture = Fixture::start().await;
    fixture
        .server
        .answers(Answer::keys([ada().jwk(), eve().jwk()]));
    let nameless = fixture.token().without_header("kid").sign();
    assert_eq!(fixture.reason(&nameless).await, Reason::NoKeyId);
    assert_eq!(fixture.server.hits(), 1);
}

#[tokio::test]
async fn t7_a_key_id_is_a_name_in_the_set_and_nothing_else() {
    let fixture = Fixture::start().await;
    fixture
        .server
        .answers(Answer::keys([ada().jwk(), eve().jwk_with("use", "enc")]));
    for name in [
        "../../dev/null",
        "' OR 1=1",
        "SNK_ADA",
        "snk_ada ",
        "snk_eve",
        "\u{1b}[31m\n",
    ] {
        let reason = fixture
            .reason(&fixture.token().header("kid", name).sign())
            .await;
        assert_eq!(
            reason,
            Reason::UnknownKey(name.escape_default().to_string())
        );
        assert!(
            reason
                .to_string()
                .bytes()
                .all(|byte| (0x20..0x7f).contains(&byte))
        );
    }
    let of_the_encryption_key = fixture.token().by(eve());
    assert_eq!(
        fixture.reason(&of_the_encryption_key).await,
        Reason::UnknownKey("snk_eve".to_owned())
    );
    for value in [
        json!("k".repeat(4096)),
        json!("k".repeat(129)),
        json!(5),
        json!(null),
        json!(""),
        json!(["snk_ada"]),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().header("kid", value).sign())
                .await,
            Reason::Header("kid")
        );
    }
}

#[tokio::test]
async fn t9_the_end_must_be_there_and_still_to_come() {
    let fixture = Fixture::start().await;
    let now = fixture.clock.seconds();
    let missing = fixture.token().without("exp").sign();
    assert_eq!(fixture.reason(&missing).await, Reason::Claim("exp"));
    for value in [
        json!(null),
        json!("never"),
        json!(format!("{}", now + 600)),
        json!(-5),
        json!(1e300),
        json!(u64::MAX),
        json!([now + 600]),
        json!(true),
    ] {
        let token = fixture.token().claim("exp", value.clone()).sign();
        assert_eq!(
            fixture.reason(&token).await,
            Reason::Claim("exp"),
            "{value}"
        );
    }
    let early = fixture
        .token()
        .claim("iat", now - 600)
        .claim("nbf", now - 600);
    for (value, expired) in [
        (0, true),
        (now - 31, true),
        (now - 30, true),
        (now - 29, false),
    ] {
        match fixture
            .verify(&early.clone().claim("exp", value).sign())
            .await
        {
            Ok(_) => assert!(!expired, "{value}"),
            Err(VerifyError::Expired) => assert!(expired, "{value}"),
            Err(error) => panic!("{value}: {error}"),
        }
    }
    assert!(
        fixture
            .is_good(&early.claim("exp", now as f64 + 60.5).sign())
            .await
    );
}

#[tokio::test]
async fn t9_what_ends_in_the_far_future_is_refused() {
    let fixture = Fixture::start().await;
    let now = fixture.clock.seconds();
    let day = 24 * 60 * 60;
    assert!(
        fixture
            .is_good(&fixture.token().claim("exp", now + day).sign())
            .await
    );
    for end in [
        now + day + 1,
        4_102_444_800,
        253_402_300_800,
        i64::MAX as u64,
    ] {
        let token = fixture.token().claim("exp", end).sign();
        assert!(
            matches!(
                fixture.reason(&token).await,
                Reason::Lifetime | Reason::Claim("exp")
            ),
            "{end}"
        );
    }
    let backwards = fixture
        .token()
        .claim("iat", now + 20)
        .claim("exp", now + 10)
        .sign();
    assert_eq!(fixture.reason(&backwards).await, Reason::Lifetime);
}

#[tokio::test]
async fn t10_the_beginning_must_have_come() {
    let fixture = Fixture::start().await;
    let now = fixture.clock.seconds();
    assert!(
        fixture
            .is_good(&fixture.token().without("nbf").sign())
            .await
    );
    assert!(
        fixture
            .is_good(&fixture.token().claim("nbf", now + 30).sign())
            .await
    );
    assert_eq!(
        fixture
            .reason(&fixture.token().claim("nbf", now + 31).sign())
            .await,
        Reason::NotYetValid
    );
    for value in [
        json!("x"),
        json!(null),
        json!(-1),
        json!(u64::MAX),
        json!("0"),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().claim("nbf", value).sign())
                .await,
            Reason::Claim("nbf")
        );
    }

    assert!(
        fixture
            .is_good(&fixture.token().claim("iat", now + 30).sign())
            .await
    );
    assert_eq!(
        fixture
            .reason(&fixture.token().claim("iat", now + 31).sign())
            .await,
        Reason::IssuedInFuture
    );
    assert_eq!(
        fixture
            .reason(&fixture.token().claim("iat", 4_102_444_800_u64).sign())
            .await,
        Reason::IssuedInFuture
    );
    assert_eq!(
        fixture.reason(&fixture.token().without("iat").sign()).await,
        Reason::Claim("iat")
    );
}

#[tokio::test]
async fn t11_the_subject_is_somebody() {
    let fixture = Fixture::start().await;
    assert_eq!(
        fixture.reason(&fixture.token().without("sub").sign()).await,
        Reason::Claim("sub")
    );
    for value in [
        json!(""),
        json!(7),
        json!(null),
        json!(["usr_1"]),
        json!("u".repeat(256)),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().claim("sub", value).sign())
                .await,
            Reason::Claim("sub")
        );
    }
    let long = fixture.token().claim("sub", "u".repeat(10 * 1024)).sign();
    assert_eq!(fixture.reason(&long).await, Reason::Malformed);
}

#[tokio::test]
async fn t13_the_issuer_is_one_of_two_to_the_letter() {
    let fixture = Fixture::start().await;
    let env = fixture.server.url("");
    for good in [env.clone(), format!("{env}/resources/res_1")] {
        assert!(
            fixture
                .is_good(&fixture.token().claim("iss", good).sign())
                .await
        );
    }
    for bad in [
        format!("{env}/"),
        format!("{env}/resources/res_2"),
        format!("{env}/resources/res_1/"),
        env.to_uppercase(),
        format!("{env}.evil.com"),
        format!("{env}@evil"),
        String::new(),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().claim("iss", bad).sign())
                .await,
            Reason::Issuer
        );
    }
    for bad in [
        json!([env, "https://evil.example"]),
        json!([env]),
        json!(5),
        json!(null),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().claim("iss", bad).sign())
                .await,
            Reason::Claim("iss")
        );
    }
    assert_eq!(
        fixture.reason(&fixture.token().without("iss").sign()).await,
        Reason::Claim("iss")
    );
}

#[tokio::test]
async fn t14_the_type_is_that_of_an_access_token() {
    let fixture = Fixture::start().await;
    assert!(
        fixture
            .is_good(&fixture.token().without_header("typ").sign())
            .await
    );
    for good in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(
            fixture
                .is_good(&fixture.token().header("typ", good).sign())
                .await,
            "{good}"
        );
    }
    for bad in [
        json!("dpop+jwt"),
        json!("id_token+jwt"),
        json!("logout+jwt"),
        json!(""),
        json!(5),
        json!(null),
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().header("typ", bad).sign())
                .await,
            Reason::Header("typ")
        );
    }
}

#[tokio::test]
async fn t16_what_can_be_read_in_two_ways_is_refused() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    assert!(
        fixture
            .is_good(&token.sign_claims(&token.claims_text()))
            .await
    );
    let claims = token.claims_text();
    let with =
        |more: &str| token.sign_claims(&format!("{},{more}}}", claims.strip_suffix('}').unwrap()));
    for more in [
        r#""aud":"res_1""#,
        r#""sub":"usr_1""#,
        r#""s\u0075b":"usr_1""#,
        r#""x":{"y":1,"y":2}"#,
        r#""x":"\ud800""#,
        r#""x":1e999"#,
        &format!(r#""x":{}{}"#, "[".repeat(2000), "]".repeat(2000)),
        &format!(r#""x":{}"#, "[".repeat(5000)),
    ] {
        assert_eq!(
            fixture.reason(&with(more)).await,
            Reason::Malformed,
            "{}",
            &more[..10]
        );
    }
    for header in [
        r#"{"alg":"RS256","alg":"none","kid":"snk_ada"}"#,
        r#"{"alg":"RS256","kid":"snk_ada","kid":"snk_ada"}"#,
        r#"["RS256"]"#,
        "\"RS256\"",
        "",
        "{",
    ] {
        assert_eq!(
            fixture.reason(&token.sign_header(header)).await,
            Reason::Malformed,
            "{header}"
        );
    }
    for claims in ["null", "[]", "\"sub\"", "", "{}{}"] {
        assert_eq!(
            fixture.reason(&token.sign_claims(claims)).await,
            Reason::Malformed,
            "{claims}"
        );
    }
}

#[tokio::test]
async fn t16_a_token_has_three_parts_of_plain_base64url() {
    let fixture = Fixture::start().await;
    let token = fixture.token().sign();
    let parts: Vec<_> = token.split('.').collect();
    let jwe = format!("{}.{token}", parts.join("."));
    for bad in [
        jwe,
        "a.b.c.d.e".to_owned(),
        format!("{token}.x"),
        format!("{token}."),
        format!(" {token}"),
        format!("{token} "),
        format!("{}.{}", parts[0], parts[1]),
        "..".to_owned(),
        String::new(),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        format!("{}+.{}.{}", parts[0], parts[1], parts[2]),
        format!("{}\n.{}.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}\u{e4}", parts[0], parts[1], parts[2]),
    ] {
        assert_eq!(fixture.reason(&bad).await, Reason::Malformed, "{bad}");
    }
    assert_eq!(fixture.server.hits(), 0);
}

#[tokio::test]
async fn m5_a_token_of_more_than_8_kib_is_not_looked_at() {
    let fixture = Fixture::start().await;
    for length in [9 * 1024, 100 * 1024] {
        let token = fixture.token().claim("x", "x".repeat(length)).sign();
        assert_eq!(fixture.reason(&token).await, Reason::Malformed);
    }
    assert_eq!(fixture.server.hits(), 0);
    assert!(
        fixture
            .is_good(&fixture.token().claim("x", "x".repeat(4 * 1024)).sign())
            .await
    );
}

#[tokio::test]
async fn a_token_that_is_bound_to_a_key_is_no_bearer_token() {
    let fixture = Fixture::start().await;
    for value in [
        json!({ "jkt": "thumbprint" }),
        json!({ "x5t#S256": "thumbprint" }),
        Value::Null,
    ] {
        assert_eq!(
            fixture
                .reason(&fixture.token().claim("cnf", value).sign())
                .await,
            Reason::Claim("cnf")
        );
    }
}

#[tokio::test]
async fn leeway_and_lifetime_are_configuration() {
    let fixture = Fixture::with(|builder| {
        builder
            .leeway(Duration::ZERO)
            .max_lifetime(Duration::from_secs(600))
    })
    .await;
    let now = fixture.clock.seconds();
    assert!(fixture.is_good(&fixture.token().sign()).await);
    assert_eq!(
        fixture
            .reason(&fixture.token().claim("exp", now + 601).sign())
            .await,
        Reason::Lifetime
    );
    assert_eq!(
        fixture
            .reason(&fixture.token().claim("nbf", now + 1).sign())
            .await,
        Reason::NotYetValid
    );
    let over = fixture
        .token()
        .claim("iat", now - 10)
        .claim("exp", now)
        .sign();
    assert!(matches!(
        fixture.verify(&over).await,
        Err(VerifyError::Expired)
    ));
}
