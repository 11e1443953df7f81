//! Rows A1 to A7 of the threat table: whom a token is for.

use serde_json::json;
use xmcp_auth::{JwtVerifier, JwtVerifierError, Reason};

use crate::support::{Fixture, RESOURCE};

fn audience<const N: usize>(found: [&str; N]) -> Reason {
    Reason::Audience {
        found: found.map(str::to_owned).to_vec(),
    }
}

#[tokio::test]
async fn a1_a_token_for_others_is_refused() {
    let fixture = Fixture::start().await;
    let token = fixture
        .token()
        .claim("aud", json!(["https://other", "res_2"]))
        .sign();
    assert_eq!(
        fixture.reason(&token).await,
        audience(["https://other", "res_2"])
    );
}

#[tokio::test]
async fn a2_an_audience_is_a_text_or_a_list_of_texts() {
    let fixture = Fixture::start().await;
    assert!(
        fixture
            .is_good(&fixture.token().claim("aud", "res_1").sign())
            .await
    );
    assert_eq!(
        fixture.reason(&fixture.token().without("aud").sign()).await,
        Reason::Claim("aud")
    );
    for value in [
        json!([]),
        json!(5),
        json!(["res_1", 5]),
        json!(null),
        json!([["res_1"]]),
        json!({ "res_1": true }),
    ] {
        let token = fixture.token().claim("aud", value.clone()).sign();
        assert_eq!(
            fixture.reason(&token).await,
            Reason::Claim("aud"),
            "{value}"
        );
    }
}

#[tokio::test]
async fn a3_the_server_url_alone_is_not_enough_where_a_resource_id_is_configured() {
    let fixture = Fixture::start().await;
    let token = fixture.token().claim("aud", json!([RESOURCE])).sign();
    assert_eq!(fixture.reason(&token).await, audience([RESOURCE]));
}

#[tokio::test]
async fn a5_without_a_resource_id_the_audience_is_the_url() {
    let fixture = Fixture::with(|builder| builder.audiences([RESOURCE])).await;
    for good in [
        "http://localhost:3001/mcp",
        "http://localhost:3001/mcp/",
        "http://LOCALHOST:3001/mcp",
    ] {
        assert!(
            fixture
                .is_good(&fixture.token().claim("aud", json!([good])).sign())
                .await,
            "{good}"
        );
    }
    for bad in [
        "http://localhost:3002/mcp",
        "http://localhost:3001",
        "http://localhost:3001/mcpx",
        "http://localhost:3001/MCP",
        "https://localhost:3001/mcp",
        "http://127.0.0.1:3001/mcp",
        "http://localhost:3001@evil.example/mcp",
    ] {
        let token = fixture.token().claim("aud", json!([bad])).sign();
        assert_eq!(fixture.reason(&token).await, audience([bad]));
    }
}

#[tokio::test]
async fn a6_a_token_of_the_environment_is_refused_and_the_reason_names_its_audience() {
    let fixture = Fixture::start().await;
    let token = fixture
        .token()
        .claim("aud", json!(["skc_1"]))
        .claim("sub", "skc_1")
        .sign();
    assert_eq!(fixture.reason(&token).await, audience(["skc_1"]));
}

#[tokio::test]
async fn a6_what_the_reason_names_is_bounded_and_escaped() {
    let fixture = Fixture::start().await;
    let names: Vec<_> = (0..20)
        .map(|_| format!("\u{1b}[31m\n{}", "a".repeat(100)))
        .collect();
    let reason = fixture
        .reason(&fixture.token().claim("aud", names).sign())
        .await;
    let text = reason.to_string();
    assert!(text.len() < 400, "{text}");
    assert!(
        text.bytes().all(|byte| (0x20..0x7f).contains(&byte)),
        "{text}"
    );
}

#[tokio::test]
async fn a7_a_resource_claim_names_this_resource() {
    let fixture = Fixture::start().await;
    for good in [RESOURCE, "http://localhost:3001/mcp/"] {
        assert!(
            fixture
                .is_good(&fixture.token().claim("resource", good).sign())
                .await,
            "{good}"
        );
    }
    for bad in [
        json!("http://localhost:3001/other"),
        json!("res_1"),
        json!([RESOURCE]),
        json!(null),
        json!(""),
    ] {
        let token = fixture.token().claim("resource", bad.clone()).sign();
        assert_eq!(
            fixture.reason(&token).await,
            Reason::Claim("resource"),
            "{bad}"
        );
    }
    let any = Fixture::with(|builder| builder.resources([""; 0])).await;
    assert!(
        any.is_good(&any.token().claim("resource", "https://anything").sign())
            .await
    );
}

#[test]
fn a_verifier_that_could_accept_nothing_or_ask_anybody_is_not_built() {
    let builder = |url: &str| {
        JwtVerifier::builder(url.parse().unwrap())
            .issuers(["https://issuer.example"])
            .audiences(["res_1"])
    };
    let good = "https://issuer.example/keys";
    let error =
        |built: Result<JwtVerifier, JwtVerifierError>| built.err().map(|error| error.to_string());
    assert_eq!(error(builder(good).build()), None);
    assert_eq!(
        error(builder(good).issuers([""; 0]).build()).as_deref(),
        Some("no issuer is named")
    );
    assert_eq!(
        error(builder(good).audiences([""; 0]).build()).as_deref(),
        Some("no audience is named")
    );
    assert_eq!(
        error(builder(good).algorithms([]).build()).as_deref(),
        Some("no algorithm is named")
    );
    assert_eq!(
        error(builder("http://issuer.example/keys").build()).as_deref(),
        Some(
            "the URL of the key set must be `https`; `http` is for `localhost`, `127.0.0.1` and `[::1]` only"
        )
    );
}
