//! Tokens that say nothing by themselves, and an endpoint that says what they stand for (RFC 7662).

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use scalekit_emulator::{Fault, Running};
use serde_json::{Value, json};
use xmcp_auth::{
    Resource,
    introspection::{self, IntrospectionConfig},
};

use crate::fixture::{
    self, App, INTROSPECT, Log, METADATA, ManualClock, RESOURCE, emulator, unproven,
};

struct Fixture {
    emulator: Running,
    clock: Arc<ManualClock>,
    app: App,
    log: Log,
}

impl Fixture {
    async fn start() -> Self {
        Self::with(|config| config).await
    }

    async fn with(configure: impl FnOnce(IntrospectionConfig) -> IntrospectionConfig) -> Self {
        let log = Log::start();
        let emulator = emulator().await;
        let clock = ManualClock::start();
        let config = configure(fixture::introspection(&emulator, &clock));
        Self {
            app: App::of(introspection::provider(config)),
            emulator,
            clock,
            log,
        }
    }

    fn token(&self) -> String {
        self.token_of(json!({}))
    }

    fn token_of(&self, claims: Value) -> String {
        self.emulator.admin().mint_opaque(claims)
    }

    async fn status(&self, token: &str) -> u16 {
        self.app.bearer(token).await.status
    }

    async fn status_of(&self, claims: Value) -> u16 {
        self.status(&self.token_of(claims)).await
    }

    fn asked(&self) -> usize {
        self.emulator.admin().hits(INTROSPECT)
    }
}

#[tokio::test]
async fn a_token_that_is_active_and_for_us_makes_a_session() {
    let fixture = Fixture::start().await;
    let token = fixture.token_of(json!({ "scope": "todo:read", "scopes": null }));
    let answer = fixture.app.bearer(&token).await;
    assert_eq!(
        answer.json(),
        json!({
            "user": "usr_1",
            "issuer": fixture.emulator.environment_url(),
            "scopes": "todo:read",
            "organization": "org_1",
            "machine": false,
        })
    );
    let metadata = fixture.app.metadata().await.json();
    assert_eq!(
        metadata["authorization_servers"],
        json!([fixture.emulator.environment_url()])
    );
}

#[tokio::test]
async fn a_token_that_is_not_active_is_refused_like_any_other_bad_one() {
    let fixture = Fixture::start().await;
    let answer = fixture.app.bearer("never-heard-of-it").await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.challenge.unwrap(),
        format!(
            r#"Bearer error="invalid_token", error_description="Token verification failed", {METADATA}"#
        )
    );
    let missing = fixture.app.request("/mcp", &[]).await;
    assert_eq!(missing.challenge.unwrap(), format!("Bearer {METADATA}"));
    assert_eq!(fixture.asked(), 1);
    let log = fixture.log.text();
    assert!(log.contains("says that it is not active"), "{log}");
    assert!(!log.contains("never-heard-of-it"), "{log}");
}

#[tokio::test]
async fn what_the_answer_says_must_make_the_token_one_for_us_now() {
    let fixture = Fixture::start().await;
    let at = |seconds| fixture.clock.seconds(seconds);
    for (claims, expected) in [
        (json!({}), 200),
        (json!({ "aud": [RESOURCE, "https://other.example"] }), 200),
        (json!({ "aud": "http://LOCALHOST:3001/mcp/" }), 200),
        (json!({ "aud": "https://other.example" }), 401),
        (json!({ "aud": null }), 401),
        (json!({ "aud": [] }), 401),
        (json!({ "aud": [RESOURCE, 5] }), 401),
        (json!({ "iss": null }), 200),
        (json!({ "iss": "https://evil.example" }), 401),
        (json!({ "iss": [fixture.emulator.environment_url()] }), 401),
        (json!({ "exp": null }), 200),
        (json!({ "exp": "never" }), 401),
        (json!({ "exp": u64::MAX }), 401),
        (json!({ "iat": null }), 200),
        (json!({ "iat": at(60) }), 401),
        (json!({ "nbf": null }), 200),
        (json!({ "nbf": "now" }), 401),
        (json!({ "sub": null }), 401),
        (json!({ "sub": "" }), 401),
        (json!({ "sub": 7 }), 401),
        (json!({ "sub": "x".repeat(256) }), 401),
        (json!({ "resource": RESOURCE }), 200),
        (json!({ "resource": "https://other.example" }), 401),
        (json!({ "token_type": "bearer" }), 200),
        (json!({ "token_type": "access_token" }), 200),
        (json!({ "token_type": "refresh_token" }), 401),
        (json!({ "token_type": 5 }), 401),
        (json!({ "typ": "Bearer" }), 200),
        (json!({ "typ": "Refresh" }), 401),
        (json!({ "typ": "ID" }), 401),
        // Bound to a key, and nobody proved to have it.
        (json!({ "cnf": { "jkt": "a-key" } }), 401),
        (json!({ "active": false }), 401),
    ] {
        assert_eq!(
            fixture.status_of(claims.clone()).await,
            expected,
            "{claims}"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_over_by_our_clock_is_called_so() {
    let fixture = Fixture::with(|config| config.leeway(Duration::from_secs(5))).await;
    let token = fixture.token_of(json!({ "exp": fixture.clock.seconds(100) }));
    fixture.clock.advance(104);
    assert_eq!(fixture.status(&token).await, 200);
    fixture.clock.advance(2);
    let answer = fixture.app.bearer(&token).await;
    assert_eq!(answer.status, 401);
    assert!(
        answer.body.contains("The access token expired"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token_however_often_it_comes() {
    let fixture = Fixture::start().await;
    let token = fixture.token_of(json!({ "cnf": { "jkt": "a-key" } }));
    for _ in 0..3 {
        assert_eq!(fixture.status(&token).await, 401);
    }
    assert_eq!(fixture.asked(), 1);
}

#[tokio::test]
async fn a_yes_is_believed_for_thirty_seconds_and_never_beyond_the_tokens_end() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let short = fixture.token_of(json!({ "exp": fixture.clock.seconds(10) }));
    for _ in 0..10 {
        assert_eq!(fixture.status(&token).await, 200);
        assert_eq!(fixture.status(&short).await, 200);
    }
    assert_eq!(fixture.asked(), 2);
    fixture.emulator.admin().revoke_opaque(&short);
    fixture.clock.advance(11);
    assert_eq!(fixture.status(&short).await, 401);
    fixture.emulator.admin().revoke_opaque(&token);
    assert_eq!(fixture.status(&token).await, 200);
    fixture.clock.advance(20);
    assert_eq!(fixture.status(&token).await, 401);
    assert_eq!(fixture.asked(), 4);
}

#[tokio::test]
async fn without_a_cache_every_request_is_a_question() {
    let fixture = Fixture::with(|config| config.cache(Duration::ZERO)).await;
    let token = fixture.token();
    assert_eq!(fixture.status(&token).await, 200);
    fixture.emulator.admin().revoke_opaque(&token);
    assert_eq!(fixture.status(&token).await, 401);
    assert_eq!(fixture.status(&token).await, 401);
    assert_eq!(fixture.asked(), 3);
}

#[tokio::test]
async fn a_flood_of_one_bad_token_is_one_question_in_ten_seconds() {
    let fixture = Fixture::start().await;
    for _ in 0..100 {
        assert_eq!(fixture.status("bad").await, 401);
    }
    assert_eq!(fixture.asked(), 1);
    fixture.clock.advance(10);
    assert_eq!(fixture.status("bad").await, 401);
    assert_eq!(fixture.asked(), 2);
}

#[tokio::test]
async fn requests_that_come_together_with_one_token_are_one_question() {
    let fixture = Fixture::start().await;
    let token = fixture.token();
    let latency = Fault::Latency(Duration::from_millis(200));
    fixture.emulator.admin().fault(INTROSPECT, latency);
    let answers = join_all((0..100).map(|_| fixture.status(&token))).await;
    assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
    assert_eq!(fixture.asked(), 1);
}

#[tokio::test]
async fn no_more_than_64_questions_are_asked_at_a_time() {
    let fixture = Fixture::start().await;
    let latency = Fault::Latency(Duration::from_millis(500));
    fixture.emulator.admin().fault(INTROSPECT, latency);
    let tokens: Vec<_> = (0..80).map(|_| fixture.token()).collect();
    let answers = join_all(tokens.iter().map(|token| fixture.app.bearer(token))).await;
    let busy: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 200)
        .collect();
    assert_eq!((fixture.asked(), busy.len()), (64, 16));
    for answer in busy {
        assert_eq!(
            (answer.status, answer.retry_after.as_deref()),
            (503, Some("1"))
        );
        assert_eq!(answer.challenge, None);
    }
}

#[tokio::test]
async fn an_endpoint_that_fails_refuses_nobody_and_known_tokens_keep_working() {
    let fixture = Fixture::start().await;
    let admin = fixture.emulator.admin();
    let known = fixture.token();
    assert_eq!(fixture.status(&known).await, 200);
    let json_body = |body: &str| Fault::Body {
        content_type: "application/json",
        body: body.to_owned(),
    };
    let elsewhere = format!("{}/elsewhere", fixture.emulator.environment_url());
    for (fault, retry_after) in [
        (Fault::Status(500), "5"),
        (Fault::Status(400), "5"),
        (Fault::Status(401), "5"),
        (Fault::RateLimited(7), "7"),
        (Fault::RateLimited(100_000), "60"),
        (Fault::Html, "5"),
        (Fault::Size(100_000), "5"),
        (Fault::Redirect(elsewhere), "5"),
        (json_body(""), "5"),
        (json_body("[]"), "5"),
        (json_body("{}"), "5"),
        (json_body(r#"{"active":"true","sub":"usr_1"}"#), "5"),
        (json_body(r#"{"active":1,"sub":"usr_1"}"#), "5"),
        (
            json_body(r#"{"active":false,"active":true,"sub":"usr_1"}"#),
            "5",
        ),
    ] {
        let shown = format!("{fault:?}");
        admin.fault(INTROSPECT, fault);
        let answer = fixture.app.bearer(&fixture.token()).await;
        assert_eq!(
            (
                answer.status,
                answer.retry_after.as_deref(),
                answer.challenge
            ),
            (503, Some(retry_after), None),
            "{shown}"
        );
        assert_eq!(fixture.status(&known).await, 200, "{shown}");
    }
    assert_eq!(admin.hits("/elsewhere"), 0);
    admin.clear_fault(INTROSPECT);
    assert_eq!(fixture.status(&fixture.token()).await, 200);
    // Told once, whatever strangers do meanwhile.
    let told = "the authorization server cannot be asked about tokens";
    assert_eq!(fixture.log.text().matches(told).count(), 1);
}

#[tokio::test]
async fn an_endpoint_that_is_slow_is_not_waited_for_longer_than_five_seconds() {
    let fixture = Fixture::start().await;
    let latency = Fault::Latency(Duration::from_secs(60));
    fixture.emulator.admin().fault(INTROSPECT, latency);
    let token = fixture.token();
    let answer = tokio::time::timeout(Duration::from_secs(20), fixture.app.bearer(&token));
    assert_eq!(answer.await.expect("the limit is 5 seconds").status, 503);
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_refuses_nobody() {
    let emulator = emulator().await;
    let clock = ManualClock::start();
    let app = App::of(introspection::provider(fixture::introspection(
        &emulator, &clock,
    )));
    emulator.shutdown().await;
    assert_eq!(app.bearer("any").await.status, 503);
}

#[tokio::test]
async fn we_prove_who_we_are_in_the_way_that_configuration_says() {
    let emulator = emulator().await;
    let client = emulator.connection().mcp_client();
    let (id, secret) = (client.id(), client.secret());
    let environment = emulator.connection().environment_client();
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        environment.id(),
        environment.secret()
    );
    let answer = reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap()
        .post(format!("{}/oauth/token", emulator.environment_url()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let own = answer["access_token"].as_str().unwrap();
    for (config, expected) in [
        (unproven(&emulator).client_secret_basic(id, secret), 200),
        (unproven(&emulator).client_secret_post(id, secret), 200),
        (unproven(&emulator).bearer_token(own), 200),
        (unproven(&emulator).client_secret_basic(id, "guess"), 503),
        (unproven(&emulator).bearer_token("guess"), 503),
        (unproven(&emulator).bearer_token("no\nheader"), 503),
    ] {
        let shown = format!("{config:?}");
        let log = Log::start();
        let app = App::of(introspection::provider(config));
        let token = emulator.admin().mint_opaque(json!({}));
        assert_eq!(app.bearer(&token).await.status, expected, "{shown}");
        let log = log.text();
        let is_told = log.contains("it does not accept our credentials (401 Unauthorized)");
        assert_eq!(is_told, expected == 503, "{log}");
        for hidden in [token.as_str(), secret, own, "guess"] {
            assert!(
                !log.contains(hidden) && !shown.contains(hidden),
                "{log} {shown}"
            );
        }
    }
}

#[tokio::test]
async fn without_credentials_nothing_is_protected() {
    let emulator = emulator().await;
    let error = introspection::provider(unproven(&emulator))
        .protect(Resource::new(RESOURCE))
        .unwrap_err();
    let endpoint = format!("{}{INTROSPECT}", emulator.environment_url());
    assert_eq!(
        error.to_string(),
        format!(
            "`{endpoint}` answers to nobody without credentials: say who asks, with `client_secret_basic`, `client_secret_post` or `bearer_token`"
        )
    );
}

#[tokio::test]
async fn the_audience_is_what_configuration_says() {
    let fixture = Fixture::with(|config| config.audiences(["res_1"])).await;
    assert_eq!(fixture.status_of(json!({ "aud": "res_1" })).await, 200);
    assert_eq!(fixture.status_of(json!({ "aud": RESOURCE })).await, 401);
    assert_eq!(fixture.status_of(json!({ "aud": null })).await, 401);

    let fixture =
        Fixture::with(IntrospectionConfig::dangerously_accept_tokens_without_audience).await;
    assert_eq!(fixture.status_of(json!({ "aud": null })).await, 200);
    assert_eq!(fixture.status_of(json!({ "aud": RESOURCE })).await, 200);
    assert_eq!(fixture.status_of(json!({ "aud": "res_2" })).await, 401);
}

#[tokio::test]
async fn users_and_scopes_are_in_the_claims_that_configuration_says() {
    let fixture = Fixture::with(|config| {
        config
            .user_claim("username")
            .scope_claim("permissions")
            .required_scopes(["todo:write"])
    })
    .await;
    let claims = json!({ "scope": "a", "scopes": null, "permissions": ["todo:write", "b a"] });
    let answer = fixture.app.bearer(&fixture.token_of(claims)).await.json();
    assert_eq!(answer["user"], "ada@example.com");
    assert_eq!(answer["scopes"], "a todo:write b");
    assert_eq!(fixture.status_of(json!({ "username": "" })).await, 401);
    assert_eq!(fixture.status_of(json!({ "scope": "a" })).await, 403);
}

#[tokio::test]
async fn only_what_has_the_form_of_a_token_is_asked_about() {
    let fixture = Fixture::with(IntrospectionConfig::only_opaque).await;
    let long = "x".repeat(8 * 1024 + 1);
    let signed = fixture.emulator.admin().mint(json!({}), json!({}));
    for token in ["", "a b", "a,b", long.as_str(), signed.as_str()] {
        assert_eq!(fixture.status(token).await, 401, "{token}");
    }
    assert_eq!(fixture.asked(), 0);
    // Dots alone make no JWT.
    assert_eq!(fixture.status("a.b.c").await, 401);
    assert_eq!(fixture.asked(), 1);
}
