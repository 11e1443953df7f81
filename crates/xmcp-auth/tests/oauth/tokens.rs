//! Which tokens of an issuer are good for this resource.

use axum::{body::Body, extract::Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp_auth::{
    Algorithm, any_of,
    oauth::{self, OAuthConfig},
};

use crate::{
    fixture::{Fixture, Outcome, RESOURCE, mount, send},
    issuer::{Answer, Issuer, sign},
    signing_key::{SigningKey, ada, eve},
};

#[tokio::test]
async fn a_token_of_the_issuer_for_this_resource_says_who_calls() {
    let fixture = Fixture::start().await;
    let token = fixture.token(json!({ "org_id": "org_1", "oid": "other", "roles": ["editor"] }));
    let expected = Outcome {
        status: 200,
        body: r#"usr_1 of org_1 by client_1, notes:read ["editor"]"#.to_owned(),
    };
    assert_eq!(fixture.outcome(&token).await, expected);
}

/// RFC 8707, section 2; RFC 9068, section 4.
#[tokio::test]
async fn a_token_for_another_audience_is_refused() {
    let fixture = Fixture::start().await;
    for (audience, status) in [
        (json!(RESOURCE), 200),
        (json!([RESOURCE, "https://other.example.com"]), 200),
        (json!(format!("{RESOURCE}/")), 200),
        (json!("https://other.example.com/mcp"), 401),
        (json!("https://notes.example.com"), 401),
        (json!("client_1"), 401),
        (json!([]), 401),
        (json!(null), 401),
    ] {
        assert_eq!(
            fixture.status_of(json!({ "aud": audience })).await,
            status,
            "{audience}"
        );
    }
}

#[tokio::test]
async fn audiences_that_are_named_stand_in_for_the_resources_own() {
    let fixture = Fixture::with(Issuer::start().await, |config| {
        config.audiences(["api://notes"])
    });
    assert_eq!(
        fixture.status_of(json!({ "aud": "api://notes" })).await,
        200
    );
    assert_eq!(fixture.status_of(json!({})).await, 401);
}

#[tokio::test]
async fn only_the_issuer_and_those_listed_beside_it_are_trusted() {
    let fixture = Fixture::with(Issuer::start().await, |config| {
        config.other_issuers(["issuer.example"])
    });
    assert_eq!(
        fixture.status_of(json!({ "iss": "issuer.example" })).await,
        200
    );
    for other in [
        format!("{}/", fixture.issuer.url),
        "https://issuer.example".to_owned(),
        "issuer.example.evil.example".to_owned(),
    ] {
        assert_eq!(
            fixture.status_of(json!({ "iss": other })).await,
            401,
            "{other}"
        );
    }
}

#[tokio::test]
async fn a_strangers_token_makes_no_request() {
    let fixture = Fixture::start().await;
    for issuer in [json!("https://evil.example"), json!(null), json!(5)] {
        assert_eq!(fixture.status_of(json!({ "iss": issuer })).await, 401);
    }
    let forged = sign(eve(), "RS256", &fixture.claims_with(json!({ "iss": "x" })));
    assert_eq!(fixture.status(&forged).await, 401);
    assert_eq!(fixture.issuer.all_hits(), 0);
}

/// What `any_of` promises: each issuer's keys are asked for when a token says it is that issuer's, and for no other.
#[tokio::test]
async fn a_token_of_one_issuer_makes_no_request_to_another() {
    let first = Fixture::start().await;
    let second = Fixture::start().await;
    let of = |fixture: &Fixture| {
        let config = OAuthConfig::new(fixture.issuer.url.clone()).unwrap();
        oauth::provider(config.clock(fixture.clock.clone()))
    };
    let app = mount(any_of([of(&first), of(&second)]));
    assert_eq!(send(&app, &second.token(json!({}))).await.status(), 200);
    assert_eq!((first.issuer.all_hits(), second.issuer.all_hits()), (0, 2));
    assert_eq!(send(&app, &first.token(json!({}))).await.status(), 200);
    assert_eq!((first.issuer.all_hits(), second.issuer.all_hits()), (2, 2));
    let stranger = first.token(json!({ "iss": "https://evil.example" }));
    assert_eq!(send(&app, &stranger).await.status(), 401);
    assert_eq!((first.issuer.all_hits(), second.issuer.all_hits()), (2, 2));
}

#[tokio::test]
async fn algorithms_are_those_that_configuration_names() {
    let key = SigningKey::p256("key_es");
    let issuer = Issuer::start().await;
    issuer.answers("/keys", Answer::keys([ada(), &key]));
    let fixture = Fixture::with(issuer, |config| config.algorithms([Algorithm::Es256]));
    let token = sign(&key, "ES256", &fixture.claims());
    assert_eq!(fixture.status(&token).await, 200);
    assert_eq!(fixture.status_of(json!({})).await, 401);
}

#[tokio::test]
async fn organization_and_roles_are_where_configuration_says() {
    let fixture = Fixture::with(Issuer::start().await, |config| {
        config
            .organization_claim("tid")
            .roles_claim(["realm_access", "roles"])
    });
    let token = fixture.token(
        json!({ "tid": "tenant", "org_id": "org_1", "roles": ["none"], "realm_access": { "roles": ["a", "b"] } }),
    );
    assert_eq!(
        fixture.outcome(&token).await.body,
        r#"usr_1 of tenant by client_1, notes:read ["a", "b"]"#
    );
}

#[tokio::test]
async fn a_scope_that_every_request_needs_is_named_in_the_refusal() {
    let fixture = Fixture::with(Issuer::start().await, |config| {
        config.required_scopes(["notes:write"])
    });
    assert_eq!(fixture.status_of(json!({})).await, 403);
    let scopes = json!({ "scope": null, "scp": ["notes:write"] });
    assert_eq!(fixture.status_of(scopes).await, 200);
}

#[tokio::test]
async fn the_metadata_names_the_issuer_to_the_letter() {
    let provider = oauth::provider(OAuthConfig::new("https://issuer.example/").unwrap());
    let place = "/.well-known/oauth-protected-resource/mcp";
    let request = Request::get(place).body(Body::empty()).unwrap();
    let response = mount(provider).oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        document,
        json!({
            "resource": RESOURCE, "authorization_servers": ["https://issuer.example/"], "bearer_methods_supported": ["header"],
        })
    );
}
