//! Rows T1 to T16 and A1 to A7 of the threat table: what a token must be, as a caller over the wire learns it.
//!
//! Every reason for a refusal, one by one and with the clock in hand, is with the verifier, in the tests of xmcp-auth.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use scalekit_emulator::{Signer, StrayKey};
use serde_json::{Value, json};

use crate::{
    fixture::Setup,
    live::{Live, made_up},
    secrets::Log,
    support::BOTH,
};

/// What a token comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Good,
    Invalid,
    Expired,
}
use Verdict::{Expired, Good, Invalid};

impl Live {
    async fn judge(&self, verdict: Verdict, token: &str, what: &str) {
        for era in BOTH {
            let answer = self.call(era, "counted", token).await;
            let what = format!("{era:?}: {what}");
            match verdict {
                Good => assert_eq!(answer.status, 200, "{what}: {answer:?}"),
                Invalid => self.assert_invalid(&answer, &what),
                Expired => self.assert_expired(&answer, &what),
            }
        }
    }

    /// A token with these changes to its claims.
    async fn judge_claims(&self, verdict: Verdict, claims: Value) {
        self.judge(verdict, &self.changed(claims.clone()), &claims.to_string())
            .await;
    }

    /// A token with these changes to its header.
    async fn judge_header(&self, verdict: Verdict, header: Value) {
        let token = self.scalekit.mint(json!({}), header.clone());
        self.judge(verdict, &token, &header.to_string()).await;
    }

    fn key_requests(&self) -> usize {
        self.scalekit.admin().hits("/keys")
    }
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

#[tokio::test]
async fn t1_a_good_token_names_user_and_organization() {
    let live = Live::start().await;
    let token = live.changed(json!({ "sub": "usr_1", "oid": "org_1", "org_id": "org_other" }));
    for era in BOTH {
        assert_eq!(live.call(era, "who", &token).await.said(), "usr_1");
        assert_eq!(live.call(era, "organization", &token).await.said(), "org_1");
    }
}

#[tokio::test]
async fn t2_what_was_signed_is_what_counts() {
    let live = Live::start().await;
    let [first, second] = ["usr_1", "usr_2"].map(|user| live.changed(json!({ "sub": user })));
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (one, two) = (parts(&first), parts(&second));
    let mut signature = URL_SAFE_NO_PAD.decode(&one[2]).unwrap();
    signature[17] ^= 1;
    let flipped = URL_SAFE_NO_PAD.encode(signature);
    for (what, token) in [
        (
            "one bit flipped",
            format!("{}.{}.{flipped}", one[0], one[1]),
        ),
        (
            "the payload of another",
            format!("{}.{}.{}", one[0], two[1], one[2]),
        ),
        (
            "the signature of another",
            format!("{}.{}.{}", one[0], one[1], two[2]),
        ),
        (
            "half a signature",
            format!("{}.{}.{}", one[0], one[1], &one[2][..one[2].len() / 2]),
        ),
        (
            "a stranger's signature",
            live.scalekit
                .mint_signed(json!({}), json!({}), &Signer::Stranger),
        ),
    ] {
        live.judge(Invalid, &made_up(token), what).await;
    }
    live.judge(Good, &first, "as it was").await;
}

#[tokio::test]
async fn t3_a_token_without_a_signature_is_refused_and_nobody_is_asked() {
    let live = Live::start().await;
    let claims = live.scalekit.admin().claims().to_string();
    for name in ["none", "None", "nOnE", "NONE", "", "null"] {
        let header =
            json!({ "alg": name, "typ": "JWT", "kid": live.scalekit.admin().key_id() }).to_string();
        let [header, claims] = [&header, &claims].map(|text| URL_SAFE_NO_PAD.encode(text));
        for token in [
            format!("{header}.{claims}."),
            format!("{header}.{claims}"),
            format!("{header}.{claims}.AA"),
        ] {
            live.judge(Invalid, &made_up(token), name).await;
        }
    }
    assert_eq!(live.key_requests(), 0);
}

#[tokio::test]
async fn t4_a_public_key_is_never_a_shared_secret() {
    let live = Live::start().await;
    let admin = live.scalekit.admin();
    let modulus = admin.public_jwk()["n"].as_str().unwrap().to_owned();
    let raw_modulus = URL_SAFE_NO_PAD.decode(&modulus).unwrap();
    let pem = admin.public_pem();
    for secret in [
        pem.trim_end().as_bytes().to_vec(),
        pem.into_bytes(),
        admin.public_der(),
        modulus.into_bytes(),
        raw_modulus,
        Vec::new(),
    ] {
        let token = live
            .scalekit
            .mint_signed(json!({}), json!({}), &Signer::Secret(secret));
        live.judge(Invalid, &token, "HS256").await;
    }
}

#[tokio::test]
async fn t5_an_algorithm_that_is_not_configured_is_refused() {
    let live = Live::start().await;
    live.scalekit.admin().add_stray_key(StrayKey::EllipticCurve);
    for name in [
        "RS384",
        "RS512",
        "PS256",
        "ES256",
        "EdDSA",
        "rs256",
        "RS256 ",
        "ML-DSA-65",
    ] {
        live.judge_header(Invalid, json!({ "alg": name })).await;
    }
    live.judge_header(Good, json!({})).await;
}

#[tokio::test]
async fn t6_a_key_in_the_header_is_neither_used_nor_fetched() {
    let (live, elsewhere) = (Live::start().await, Live::start().await);
    let evil = elsewhere.scalekit.environment_url();
    let jwk = elsewhere.scalekit.admin().public_jwk();
    let certificate = STANDARD.encode(elsewhere.scalekit.admin().public_der());
    for header in [
        json!({ "jwk": jwk }),
        json!({ "jku": format!("{evil}/keys") }),
        json!({ "x5u": format!("{evil}/x5u") }),
        json!({ "x5c": [certificate] }),
        json!({ "crit": [] }),
        json!({ "crit": ["exp"] }),
        json!({ "b64": false, "crit": ["b64"] }),
    ] {
        live.judge_header(Invalid, header.clone()).await;
        let token = live
            .scalekit
            .mint_signed(json!({}), header.clone(), &Signer::Stranger);
        live.judge(Invalid, &token, &header.to_string()).await;
    }
    let seen = ["/keys", "/x5u"].map(|path| elsewhere.scalekit.admin().hits(path));
    assert_eq!((seen, live.key_requests()), ([0, 0], 0));
}

#[tokio::test]
async fn t7_a_key_id_is_a_name_in_the_set_and_may_be_missing_only_if_there_is_one_key() {
    let live = Live::start().await;
    live.judge_header(Good, json!({ "kid": null })).await;

    let live = Live::start().await;
    live.scalekit.admin().rotate(true).unwrap();
    live.judge_header(Invalid, json!({ "kid": null })).await;

    let live = Live::start().await;
    live.scalekit.admin().add_stray_key(StrayKey::Encryption);
    for kid in [
        json!("../../dev/null"),
        json!("' OR 1=1"),
        json!("k".repeat(4096)),
        json!(5),
        json!(""),
        json!(["a"]),
        json!({}),
    ] {
        live.judge_header(Invalid, json!({ "kid": kid })).await;
    }
    live.judge_header(Good, json!({})).await;
}

#[tokio::test]
async fn t9_the_end_must_be_there_and_still_to_come() {
    let live = Live::start().await;
    for value in [
        json!(null),
        json!("never"),
        json!(-5),
        json!(1e300),
        json!(u64::MAX),
        json!(1e18),
        json!([1]),
        json!(true),
    ] {
        live.judge_claims(Invalid, json!({ "exp": value })).await;
    }
    let early = |exp: u64| json!({ "iat": 1000, "nbf": 1000, "exp": exp });
    live.judge_claims(Expired, early(1001)).await;
    let begun = now() - 3000;
    live.judge_claims(
        Expired,
        json!({ "iat": begun, "nbf": begun, "exp": now() - 31 }),
    )
    .await;
    // The clocks of two machines differ. 30 s are what there is for it, less what this test takes.
    live.judge_claims(
        Good,
        json!({ "iat": begun, "nbf": begun, "exp": now() - 5 }),
    )
    .await;
}

#[tokio::test]
async fn t10_the_beginning_must_have_come() {
    let live = Live::start().await;
    for claims in [
        json!({ "nbf": now() + 3600, "exp": now() + 7200 }),
        json!({ "nbf": "x" }),
        json!({ "iat": now() + 3600, "exp": now() + 7200 }),
        json!({ "iat": 4_102_444_800_u64 }),
        json!({ "iat": null }),
    ] {
        live.judge_claims(Invalid, claims).await;
    }
    live.judge_claims(Good, json!({ "nbf": null })).await;
}

#[tokio::test]
async fn t11_the_subject_is_somebody() {
    let live = Live::start().await;
    for value in [
        json!(null),
        json!(""),
        json!(7),
        json!(["usr_1"]),
        json!("u".repeat(10 * 1024)),
    ] {
        live.judge_claims(Invalid, json!({ "sub": value })).await;
    }
}

#[tokio::test]
async fn t13_the_issuer_is_one_of_two_to_the_letter() {
    let live = Live::start().await;
    let environment = live.scalekit.environment_url().to_owned();
    let resource = |id: &str| format!("{environment}/resources/{id}");
    for issuer in [environment.clone(), resource("res_test")] {
        live.judge_claims(Good, json!({ "iss": issuer })).await;
    }
    for issuer in [
        json!(format!("{environment}/")),
        json!(resource("res_2")),
        json!(resource("res_test/")),
        json!(environment.to_uppercase()),
        json!(format!("{environment}.evil.example")),
        json!(format!("{environment}@evil.example")),
        json!(format!("{environment} ")),
        json!([environment]),
        json!(null),
        json!(""),
    ] {
        live.judge_claims(Invalid, json!({ "iss": issuer })).await;
    }
}

#[tokio::test]
async fn t14_the_type_is_that_of_an_access_token() {
    let live = Live::start().await;
    for value in [
        json!("JWT"),
        json!(null),
        json!("at+jwt"),
        json!("AT+JWT"),
        json!("application/at+jwt"),
    ] {
        live.judge_header(Good, json!({ "typ": value })).await;
    }
    for value in [
        json!("dpop+jwt"),
        json!("id_token+jwt"),
        json!("logout+jwt"),
        json!(5),
        json!(""),
    ] {
        live.judge_header(Invalid, json!({ "typ": value })).await;
    }
}

#[tokio::test]
async fn t16_what_can_be_read_in_two_ways_is_refused() {
    let live = Live::start().await;
    let admin = live.scalekit.admin();
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": admin.key_id() }).to_string();
    let claims = admin.claims().to_string();
    let with = |more: &str| format!("{}{more}}}", &claims[..claims.len() - 1]);
    let deep = 2000;
    for text in [
        with(r#","aud":["res_test"]"#),
        with(r#","sub":"usr_root""#),
        with(r#","exp":4102444800"#),
        with(&format!(
            r#","deep":{}{}"#,
            "[".repeat(deep),
            "]".repeat(deep)
        )),
        with(r#","name":"\ud800""#),
        with(r#","x":1"#).replace('}', "") + "}}",
        format!("[{claims}]"),
        format!("{claims}{claims}"),
        String::new(),
    ] {
        let token = live.scalekit.mint_raw(&header, &text, &Signer::Current);
        live.judge(Invalid, &token, &text[text.len().saturating_sub(60)..])
            .await;
    }
    let twice = header.replacen('{', r#"{"alg":"none","#, 1);
    let token = live.scalekit.mint_raw(&twice, &claims, &Signer::Current);
    live.judge(Invalid, &token, "two algorithms").await;
    let good = live.scalekit.mint_raw(&header, &claims, &Signer::Current);
    live.judge(Good, &good, "as it is").await;
    let parts: Vec<&str> = good.split('.').collect();
    for token in [
        format!("{good}.AA.AA"),
        format!("{good}="),
        format!(".{good}"),
        format!("{}.{}", parts[0], parts[1]),
    ] {
        live.judge(Invalid, &made_up(token), "another number of parts")
            .await;
    }
}

#[tokio::test]
async fn a1_to_a3_the_audience_must_have_the_resource_id() {
    let live = Live::start().await;
    let url = format!("http://localhost:{}/mcp", live.port);
    for audience in [
        json!(["https://other.example", "res_2"]),
        json!(null),
        json!([]),
        json!(""),
        json!(5),
        json!(["res_test", 5]),
        json!({ "res_test": true }),
        json!("RES_TEST"),
        json!("res_test/"),
        // The URL alone is what any resource of the environment could have been asked for.
        json!(url),
        json!([url]),
    ] {
        live.judge_claims(Invalid, json!({ "aud": audience })).await;
    }
    for audience in [
        json!("res_test"),
        json!(["res_test"]),
        json!([url, "res_test"]),
        json!(["x", "res_test"]),
    ] {
        live.judge_claims(Good, json!({ "aud": audience })).await;
    }
}

#[tokio::test]
async fn a5_without_a_resource_id_the_audience_is_the_url() {
    let live = Live::with(Setup {
        resource_id: None,
        ..Setup::default()
    })
    .await;
    let port = live.port;
    for (verdict, audience) in [
        (Good, format!("http://localhost:{port}/mcp")),
        (Good, format!("http://localhost:{port}/mcp/")),
        (Good, format!("http://LOCALHOST:{port}/mcp")),
        (Good, format!("http://127.0.0.1:{port}/mcp")),
        (Invalid, format!("http://localhost:{}/mcp", port ^ 1)),
        (Invalid, format!("http://localhost:{port}")),
        (Invalid, format!("http://localhost:{port}/MCP")),
        (Invalid, format!("http://localhost:{port}/mcp/x")),
        (Invalid, format!("https://localhost:{port}/mcp")),
        (Invalid, format!("http://localhost.evil.example:{port}/mcp")),
        (Invalid, "http://localhost/mcp".to_owned()),
        (Invalid, "res_test".to_owned()),
    ] {
        live.judge_claims(verdict, json!({ "aud": [audience], "resource": null }))
            .await;
    }
}

#[tokio::test]
async fn a6_a_token_of_the_environment_is_refused_and_the_log_says_what_to_do() {
    let live = Live::start().await;
    let log = Log::start();
    let token = live.scalekit.environment_token().await;
    let before = log.text().len();
    live.judge(Invalid, &token, "the environment's own").await;
    let said = log.text()[before..].to_owned();
    let audience = live.scalekit.environment_url();
    let remedy = said
        .lines()
        .find(|line| line.contains("WARN") && line.contains("refused a token: "));
    assert!(remedy.is_some(), "nothing is said of {audience}: {said}");
}

#[tokio::test]
async fn a7_a_resource_claim_names_this_resource() {
    let live = Live::start().await;
    let port = live.port;
    live.judge_claims(
        Good,
        json!({ "resource": format!("http://localhost:{port}/mcp") }),
    )
    .await;
    for resource in [
        json!("https://other.example/mcp"),
        json!(format!("http://localhost:{port}/mcp2")),
        json!(7),
    ] {
        live.judge_claims(Invalid, json!({ "resource": resource }))
            .await;
    }
}

#[tokio::test]
async fn sc1_scopes_are_read_wherever_a_token_has_them() {
    let live = Live::start().await;
    for (claims, expected) in [
        (json!({ "scope": "a b", "scopes": null }), "a b"),
        (json!({ "scope": null, "scopes": ["a", "b"] }), "a b"),
        (
            json!({ "scope": null, "scopes": null, "scp": ["a", "b"] }),
            "a b",
        ),
        (
            json!({ "scope": null, "scopes": null, "scp": "a b" }),
            "a b",
        ),
        (json!({ "scope": ["a", "b"], "scopes": null }), "a b"),
        (json!({ "scope": "a  b ", "scopes": null }), "a b"),
        (json!({ "scope": "a b", "scopes": ["b", "c"] }), "a b c"),
        (json!({ "scope": null, "scopes": null }), ""),
        (json!({ "scope": 7, "scopes": [7, "a"] }), "a"),
    ] {
        let token = live.changed(claims.clone());
        for era in BOTH {
            assert_eq!(
                live.call(era, "scopes", &token).await.said(),
                expected,
                "{claims}"
            );
        }
    }
}

#[tokio::test]
async fn sc2_without_any_scope_the_required_ones_are_missing() {
    let live = Live::with(Setup {
        provider: |provider| provider.required_scopes(["base"]),
        ..Setup::default()
    })
    .await;
    for era in BOTH {
        for scope in [
            json!(null),
            json!(""),
            json!("bas"),
            json!("base2"),
            json!("BASE"),
            json!("base,x"),
        ] {
            let token = live.changed(json!({ "scope": scope, "scopes": null }));
            let answer = live.call(era, "counted", &token).await;
            assert_eq!(answer.status, 403, "{scope}");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(
                challenge.starts_with(
                    r#"Bearer error="insufficient_scope", scope="base", resource_metadata="#
                ),
                "{challenge}"
            );
        }
        assert_eq!(
            live.call(era, "who", &live.token("base")).await.said(),
            "usr_ada"
        );
    }
    assert_eq!(
        live.call(BOTH[0], "calls", &live.token("base"))
            .await
            .said(),
        "0"
    );
}

#[tokio::test]
async fn sc3_and_sc4_a_tool_needs_its_scopes_to_the_letter() {
    let live = Live::start().await;
    for era in BOTH {
        for scope in [
            "openid",
            "todo:writeX",
            "todo",
            "TODO:WRITE",
            "todo:write,admin",
            "todo:*",
            "*",
            "todo:write:all",
            "xtodo:write",
        ] {
            let answer = live.call(era, "admin", &live.token(scope)).await;
            live.assert_lacking(&answer, &["todo:write"], scope);
        }
        let answer = live.call(era, "write", &live.token("todo:write")).await;
        live.assert_lacking(&answer, &["todo:read", "todo:write"], "one of two");
    }
    assert_eq!(live.calls().await, "0");
    assert_eq!(
        live.call(BOTH[0], "admin", &live.token("x todo:write"))
            .await
            .said(),
        "administered"
    );
}

#[tokio::test]
async fn sc5_a_broad_scope_covers_what_the_matcher_says() {
    let live = Live::with(Setup {
        provider: |provider| provider.scope_matcher(xmcp::auth::ScopeMatcher::exact().wildcards()),
        ..Setup::default()
    })
    .await;
    for era in BOTH {
        assert_eq!(
            live.call(era, "admin", &live.token("todo:*")).await.said(),
            "administered"
        );
        for scope in ["*", "todo*", "tod:*", "todo:read:*"] {
            live.assert_lacking(
                &live.call(era, "admin", &live.token(scope)).await,
                &["todo:write"],
                scope,
            );
        }
    }
}
