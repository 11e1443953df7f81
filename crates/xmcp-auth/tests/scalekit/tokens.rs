//! Which tokens make a session, and what is said of the others.

use http::StatusCode;
use scalekit_emulator::{Fault, IssuerMode};
use serde_json::json;
use xmcp_auth::Session;

use crate::fixture::*;

#[tokio::test]
async fn t1_a_genuine_token_says_user_and_organization() {
    let fixture = Fixture::with_resource_id().await;
    let token = fixture
        .emulator
        .admin()
        .mint(json!({ "sub": "usr_1", "oid": "org_1" }), json!({}));
    let answer = fixture.send(Some(&token)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.text().await.unwrap(), "usr_1 org_1");
}

#[tokio::test]
async fn t13_the_environment_and_the_resource_in_it_are_the_only_issuers() {
    let fixture = Fixture::with_resource_id().await;
    let admin = fixture.emulator.admin();
    for mode in [IssuerMode::Environment, IssuerMode::Resource] {
        admin.issuer_mode(mode);
        assert_eq!(fixture.status_of(json!({})).await, 200, "{mode:?}");
    }
    let environment = fixture.emulator.environment_url();
    for other in [
        format!("{environment}/"),
        format!("{environment}/resources/res_2"),
        environment.to_uppercase(),
        format!("{environment}.evil.example"),
        format!("{environment}@evil.example"),
    ] {
        assert_eq!(
            fixture.status_of(json!({ "iss": other })).await,
            401,
            "{other}"
        );
    }
}

/// RFC 8707, section 2: a token for another resource is no token.
#[tokio::test]
async fn a1_to_a3_with_a_resource_id_the_audience_must_have_it() {
    let fixture = Fixture::with_resource_id().await;
    let url = format!("http://localhost:{}/mcp", fixture.port);
    for (audience, expected) in [
        (json!([url, "res_1"]), 200),
        (json!("res_1"), 200),
        (json!(["https://other.example", "res_2"]), 401),
        (json!([url]), 401),
        (json!(["res_1", 5]), 401),
        (json!([]), 401),
        (json!(5), 401),
        (json!(null), 401),
    ] {
        assert_eq!(
            fixture.status_of(json!({ "aud": audience })).await,
            expected,
            "{audience}"
        );
    }
}

#[tokio::test]
async fn a5_without_a_resource_id_the_audience_is_the_resources_url() {
    let fixture = Fixture::start(|config, _| config).await;
    let port = fixture.port;
    assert_eq!(fixture.log.count("`SCALEKIT_RESOURCE_ID` is not set"), 1);
    for (audience, expected) in [
        (format!("http://localhost:{port}/mcp"), 200),
        (format!("http://localhost:{port}/mcp/"), 200),
        (format!("http://LOCALHOST:{port}/mcp"), 200),
        (format!("http://127.0.0.1:{port}/mcp"), 200),
        (format!("http://localhost:{}/mcp", port ^ 1), 401),
        (format!("http://localhost:{port}"), 401),
        ("res_1".into(), 401),
    ] {
        assert_eq!(
            fixture.status_of(json!({ "aud": audience })).await,
            expected,
            "{audience}"
        );
    }
}

#[tokio::test]
async fn a6_a_token_of_the_environment_is_refused_and_the_log_says_what_to_do() {
    let fixture = Fixture::with_resource_id().await;
    let environment = fixture.emulator.connection().environment_client().clone();
    let token = fixture.client_token(&environment).await;
    assert_eq!(fixture.status(&token).await, 401);
    let line = format!(
        "refused a token: token audience [\"{}\"] does not contain res_1: this looks like an environment token; \
         create a client under MCP Servers > your server > Clients",
        environment.id()
    );
    assert_eq!(fixture.log.count(&line), 1, "{}", fixture.log.text());

    let organization = fixture.emulator.connection().organization_client().clone();
    let token = fixture.client_token(&organization).await;
    assert_eq!(fixture.status(&token).await, 401);
    assert_eq!(
        fixture
            .log
            .count("refused a token: the token has no audience"),
        1
    );

    let machine = fixture.emulator.connection().mcp_client().clone();
    let token = fixture.client_token(&machine).await;
    assert_eq!(fixture.status(&token).await, 200);
}

#[tokio::test]
async fn a7_a_resource_claim_must_name_this_resource() {
    let fixture = Fixture::with_resource_id().await;
    let own = format!("http://localhost:{}/mcp", fixture.port);
    assert_eq!(fixture.status_of(json!({ "resource": own })).await, 200);
    assert_eq!(
        fixture
            .status_of(json!({ "resource": "https://other.example/mcp" }))
            .await,
        401
    );
}

#[tokio::test]
async fn keys_are_fetched_when_the_first_token_comes_and_the_log_says_where_from() {
    let fixture = Fixture::with_resource_id().await;
    let resolved = format!(
        "[Scalekit] Resolved JWKS URI: {}/keys",
        fixture.emulator.environment_url()
    );
    assert_eq!(fixture.send(None).await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(fixture.emulator.admin().hits("/keys"), 0);
    assert_eq!(fixture.log.count(&resolved), 0);
    for _ in 0..3 {
        assert_eq!(fixture.status_of(json!({})).await, 200);
    }
    assert_eq!(fixture.emulator.admin().hits("/keys"), 1);
    assert_eq!(fixture.log.count(&resolved), 1);
}

#[tokio::test]
async fn the_first_request_without_a_token_logs_how_to_sign_in_and_the_others_do_not() {
    let fixture = Fixture::with_resource_id().await;
    assert_eq!(fixture.log.count("how to sign in"), 0);
    for _ in 0..3 {
        assert_eq!(fixture.send(None).await.status(), StatusCode::UNAUTHORIZED);
    }
    assert_eq!(fixture.log.count("how to sign in"), 1);
}

/// D2: from the challenge to the authorization server, as a client goes. RFC 9728, section 3.3; RFC 8414, section 3.3.
#[tokio::test]
async fn a_challenge_leads_to_the_authorization_server() {
    let fixture = Fixture::with_resource_id().await;
    let refused = fixture.send(None).await;
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    let metadata_url = challenge
        .strip_prefix("Bearer resource_metadata=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap();
    let metadata = document(client().get(metadata_url).send().await.unwrap()).await;
    let resource = format!("http://127.0.0.1:{}/mcp", fixture.port);
    let issuer = format!("{}/resources/res_1", fixture.emulator.environment_url());
    assert_eq!(
        metadata,
        json!({ "resource": resource, "authorization_servers": [issuer], "bearer_methods_supported": ["header"] })
    );
    let well_known = issuer.replace(
        "/resources/",
        "/.well-known/oauth-authorization-server/resources/",
    );
    let server = document(client().get(well_known).send().await.unwrap()).await;
    assert_eq!(server["issuer"], json!(issuer));
}

#[tokio::test]
async fn a_revoked_token_is_refused_at_the_next_request() {
    let fixture = Fixture::start(|config, emulator| {
        let revoked = |session: &Session| session.token_id() == Some("tkn_revoked");
        config
            .resource_id(emulator.resource_id())
            .revocation(revoked)
    })
    .await;
    assert_eq!(
        fixture.status_of(json!({ "jti": "tkn_revoked" })).await,
        401
    );
    assert_eq!(fixture.status_of(json!({ "jti": "tkn_other" })).await, 200);
}

#[tokio::test]
async fn j4_while_the_environment_is_down_the_answer_is_503_and_no_challenge() {
    let fixture = Fixture::with_resource_id().await;
    let admin = fixture.emulator.admin();
    admin.fault("/keys", Fault::Status(500));
    let answer = fixture.send(Some(&admin.mint(json!({}), json!({})))).await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.headers().contains_key("retry-after"));
    assert!(!answer.headers().contains_key("www-authenticate"));
}

#[tokio::test]
async fn no_answer_and_no_log_line_holds_any_of_a_token() {
    let fixture = Fixture::with_resource_id().await;
    let admin = fixture.emulator.admin();
    let tokens = [
        admin.mint(json!({}), json!({})),
        admin.mint(json!({ "aud": "res_2" }), json!({})),
        admin.mint(json!({ "exp": 5 }), json!({})),
        admin.mint(json!({}), json!({ "kid": "\u{1b}[31mred\nline" })),
    ];
    let mut answers = String::new();
    for token in &tokens {
        let answer = fixture.send(Some(token)).await;
        answers.push_str(&format!("{:?}", answer.headers()));
        answers.push_str(&answer.text().await.unwrap());
    }
    let log = fixture.log.text();
    assert!(!log.contains('\u{1b}'));
    for token in &tokens {
        for part in token.split('.') {
            assert!(!log.contains(part) && !answers.contains(part));
        }
    }
}
