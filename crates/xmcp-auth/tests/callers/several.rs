//! Callers of several kinds at one resource: `any_of`, in every combination.

use std::sync::Arc;

use scalekit_emulator::{Fault, Running, Signer};
use serde_json::json;
use xmcp_auth::{
    Provider, any_of,
    api_key::{self, ApiKeyConfig, Key},
    introspection,
    scalekit::{self, ScalekitConfig},
};

use crate::fixture::{self, App, INTROSPECT, METADATA, ManualClock, emulator};

const KEY: &str = "k-3f9a1c77e05b4d22";

/// Whom a provider takes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Taken {
    Signed,
    Opaque,
    Keys,
}

const ALL: [Taken; 3] = [Taken::Signed, Taken::Opaque, Taken::Keys];

struct Fixture {
    emulator: Running,
    clock: Arc<ManualClock>,
}

impl Fixture {
    async fn start() -> Self {
        Self {
            emulator: emulator().await,
            clock: ManualClock::start(),
        }
    }

    fn provider(&self, taken: Taken) -> Provider {
        match taken {
            Taken::Signed => {
                let config = ScalekitConfig::new(self.emulator.environment_url()).unwrap();
                scalekit::provider(config.resource_id("res_1"))
            }
            Taken::Opaque => {
                let config = fixture::introspection(&self.emulator, &self.clock);
                introspection::provider(config.only_opaque())
            }
            Taken::Keys => {
                let key = Key::new("ci", KEY).scopes(["notes:read"]);
                api_key::provider(ApiKeyConfig::new().key(key))
            }
        }
    }

    fn app(&self, taken: &[Taken]) -> App {
        App::of(any_of(taken.iter().map(|taken| self.provider(*taken))))
    }

    fn signed(&self) -> String {
        self.emulator.admin().mint(json!({}), json!({}))
    }

    fn opaque(&self) -> String {
        self.emulator
            .admin()
            .mint_opaque(json!({ "sub": "usr_opaque" }))
    }

    fn asked(&self) -> usize {
        self.emulator.admin().hits(INTROSPECT)
    }
}

#[tokio::test]
async fn in_every_combination_each_credential_is_good_where_its_kind_is_taken_and_nowhere_else() {
    let fixture = Fixture::start().await;
    for chosen in 1..8_usize {
        let mut taken: Vec<_> = (0..3)
            .filter(|position| chosen & (1 << position) != 0)
            .map(|position| ALL[position])
            .collect();
        for _ in 0..2 {
            let app = fixture.app(&taken);
            let user = |kind, user: &str| taken.contains(&kind).then(|| user.to_owned());
            assert_eq!(
                app.bearer(&fixture.signed()).await.user(),
                user(Taken::Signed, "usr_1"),
                "{taken:?}"
            );
            assert_eq!(
                app.bearer(&fixture.opaque()).await.user(),
                user(Taken::Opaque, "usr_opaque"),
                "{taken:?}"
            );
            assert_eq!(
                app.key(KEY).await.user(),
                user(Taken::Keys, "ci"),
                "{taken:?}"
            );
            assert_eq!(app.key("another-key-of-16").await.status, 401);
            assert_eq!(app.bearer("another").await.status, 401);

            let takes_tokens = taken != [Taken::Keys];
            let missing = app.request("/mcp", &[]).await;
            assert_eq!(missing.status, 401);
            let challenge = match takes_tokens {
                true => format!("Bearer {METADATA}"),
                false => r#"ApiKey realm="mcp""#.to_owned(),
            };
            assert_eq!(missing.challenge, Some(challenge), "{taken:?}");
            let metadata = if takes_tokens { 200 } else { 404 };
            assert_eq!(app.metadata().await.status, metadata, "{taken:?}");
            taken.reverse();
        }
    }
}

#[tokio::test]
async fn two_credentials_of_different_kinds_are_one_too_many() {
    let fixture = Fixture::start().await;
    let app = fixture.app(&ALL);
    for token in [fixture.signed(), fixture.opaque(), "bad".to_owned()] {
        let token = format!("Bearer {token}");
        let headers = [("authorization", token.as_str()), ("x-api-key", KEY)];
        assert_eq!(app.request("/mcp", &headers).await.status, 400);
    }
}

#[tokio::test]
async fn a_token_that_the_first_accepts_is_shown_to_nobody_else() {
    let fixture = Fixture::start().await;
    let app = fixture.app(&[Taken::Signed, Taken::Opaque]);
    assert_eq!(app.bearer(&fixture.signed()).await.status, 200);
    // Nor is a JWT that was refused, where only opaque tokens are asked about.
    let forged = fixture
        .emulator
        .admin()
        .mint_signed(json!({}), json!({}), &Signer::Stranger);
    assert_eq!(app.bearer(&forged).await.status, 401);
    assert_eq!(fixture.asked(), 0);
}

#[tokio::test]
async fn if_all_refuse_the_strictest_refusal_counts() {
    let fixture = Fixture::start().await;
    for is_first in [true, false] {
        let mut providers = vec![
            fixture.provider(Taken::Signed),
            introspection::provider(fixture::introspection(&fixture.emulator, &fixture.clock)),
        ];
        if !is_first {
            providers.reverse();
        }
        let app = App::of(any_of(providers));
        let expired = fixture
            .emulator
            .admin()
            .mint(json!({ "exp": 100, "iat": 50 }), json!({}));
        let answer = app.bearer(&expired).await;
        assert_eq!(answer.status, 401);
        assert!(
            answer.body.contains("The access token expired"),
            "{answer:?}"
        );
        // One says no, the other cannot tell.
        fixture
            .emulator
            .admin()
            .fault(INTROSPECT, Fault::Status(500));
        let answer = app.bearer("not-known-to-anybody").await;
        assert_eq!((answer.status, answer.challenge), (503, None));
        fixture.emulator.admin().clear_fault(INTROSPECT);
    }
}

#[tokio::test]
async fn one_that_is_down_takes_nobody_elses_callers_along() {
    let fixture = Fixture::start().await;
    let app = fixture.app(&ALL);
    let admin = fixture.emulator.admin();
    admin.fault(INTROSPECT, Fault::Status(500));
    assert_eq!(app.bearer(&fixture.signed()).await.status, 200);
    assert_eq!(app.key(KEY).await.status, 200);
    assert_eq!(app.key("another-key-of-16").await.status, 401);
    assert_eq!(app.bearer(&fixture.opaque()).await.status, 503);
    admin.clear_fault(INTROSPECT);

    admin.fault("/keys", Fault::Status(500));
    let app = fixture.app(&ALL);
    assert_eq!(app.bearer(&fixture.opaque()).await.status, 200);
    assert_eq!(app.key(KEY).await.status, 200);
    assert_eq!(app.bearer(&fixture.signed()).await.status, 503);
}

#[tokio::test]
async fn scopes_set_before_are_each_providers_own_and_those_set_after_are_everybodys() {
    let fixture = Fixture::start().await;
    let people = || fixture.provider(Taken::Signed).required_scopes(["openid"]);
    let keys = || {
        fixture
            .provider(Taken::Keys)
            .required_scopes(["notes:read"])
    };
    let app = App::of(any_of([people(), keys()]));
    assert_eq!(app.bearer(&fixture.signed()).await.status, 200);
    assert_eq!(app.key(KEY).await.status, 200);
    let app = App::of(any_of([people(), keys()]).required_scopes(["notes:read"]));
    assert_eq!(app.bearer(&fixture.signed()).await.status, 403);
    assert_eq!(app.key(KEY).await.status, 200);
    // A client that gets tokens is not told to ask for what keys need.
    let app = App::of(any_of([people(), keys()]));
    let challenge = app.request("/mcp", &[]).await.challenge.unwrap();
    assert!(challenge.ends_with(r#", scope="openid""#), "{challenge}");
    // What one demanded for itself is not forgotten.
    let strict = || keys().required_scopes(["notes:write"]);
    let app = App::of(any_of([people(), strict()]).required_scopes(["openid"]));
    assert_eq!(app.bearer(&fixture.signed()).await.status, 200);
    assert_eq!(app.key(KEY).await.status, 403);
    assert_eq!(App::of(strict()).key(KEY).await.status, 403);
    let app = App::of(any_of([people(), strict()]).required_scopes(["notes:read"]));
    assert_eq!(app.key(KEY).await.status, 403);
}

#[tokio::test]
async fn an_optional_resource_lets_in_who_brings_nothing_and_nobody_with_a_bad_credential() {
    let fixture = Fixture::start().await;
    let providers = ALL.map(|taken| fixture.provider(taken));
    let app = App::of(any_of(providers).optional());
    assert_eq!(
        app.request("/mcp", &[]).await.user().as_deref(),
        Some("nobody")
    );
    assert_eq!(app.key(KEY).await.user().as_deref(), Some("ci"));
    assert_eq!(app.key("another-key-of-16").await.status, 401);
    assert_eq!(app.key("").await.status, 401);
    assert_eq!(app.bearer("bad").await.status, 401);
}
