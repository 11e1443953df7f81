//! Everybody who vouches for callers in the table, and what credentials of theirs are like.

use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use scalekit_emulator::{Emulator, Signer};
use serde_json::{Value, json};
use xmcp::auth::{
    self, Algorithm, Provider, Reason, Session, Verifier, VerifyError, any_of,
    api_key::{self, ApiKeyConfig, Key},
    introspection::{self, IntrospectionConfig},
    jwt::{self, JwtConfig},
    oauth::{self, OAuthConfig},
    scalekit::{self as provider, ScalekitConfig},
};

use crate::{scalekit::Scalekit, secrets::note};

/// Whom the credentials of the table name, which no answer does.
pub const SUBJECT: &str = "usr_of_the_table";

/// What a request brings along.
#[derive(Clone)]
pub struct Credential {
    name: &'static str,
    header: Option<(&'static str, String)>,
}

/// Who vouches for callers, and what their credentials are.
pub trait Issuer {
    /// One with the scopes `todo:read` and `todo:write`, of [`SUBJECT`].
    fn good(&self) -> Credential;

    /// Every kind of good ones.
    fn good_ones(&self) -> Vec<Credential> {
        vec![self.good()]
    }

    /// The same without `todo:write`.
    fn scopeless(&self) -> Credential;

    /// Those that look like good ones, and are none.
    fn bad(&self) -> Vec<Credential>;

    /// One that was good once, if there can be such.
    fn expired(&self) -> Option<Credential>;

    /// What challenges begin with.
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    /// What is said of a bad one, one that is over, and one that may not do everything.
    fn words(&self) -> [&'static str; 3] {
        [
            "Token verification failed",
            "The access token expired",
            "The access token lacks a required scope",
        ]
    }

    /// Whether clients find out by themselves where credentials come from.
    fn has_metadata(&self) -> bool {
        true
    }

    /// Whether who brings none is let in.
    fn is_optional(&self) -> bool {
        false
    }
}

impl Credential {
    pub fn none() -> Self {
        Self {
            name: "none",
            header: None,
        }
    }

    /// This value of `Authorization`.
    pub fn authorization(value: impl Into<String>) -> Self {
        Self {
            name: "of another scheme",
            header: Some(("authorization", value.into())),
        }
    }

    pub fn bearer(name: &'static str, token: &str) -> Self {
        Self {
            name,
            header: Some(("authorization", format!("Bearer {token}"))),
        }
    }

    pub fn key(name: &'static str, header: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            header: Some((header, value.into())),
        }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    pub fn header(&self) -> Option<(&'static str, &str)> {
        let (name, value) = self.header.as_ref()?;
        Some((name, value))
    }

    /// What must be in no answer.
    pub fn secret(&self) -> &str {
        let value = self.header().map_or("", |(_, value)| value);
        value.split_once(' ').map_or(value, |(_, secret)| secret)
    }
}

/// Tokens of a local environment, whichever provider verifies them.
struct OfScalekit {
    scalekit: Scalekit,
    is_optional: bool,
    has_metadata: bool,
    /// Whether the key is the one that a token names.
    has_key_ids: bool,
}

/// A local Scalekit environment.
pub fn scalekit(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let (provider, issuer) = of_scalekit(server_url).await;
        (provider, Box::new(issuer) as _)
    })
}

/// The same, and strangers are let in.
pub fn optional_scalekit(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let (provider, mut issuer) = of_scalekit(server_url).await;
        issuer.is_optional = true;
        (provider.optional(), Box::new(issuer) as _)
    })
}

/// The same environment, as any authorization server whose metadata says where its keys are.
pub fn oauth(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let issuer = OfScalekit::start(server_url).await;
        let config = OAuthConfig::new(issuer.scalekit.environment_url()).unwrap();
        let provider = oauth::provider(config.audiences(["res_test"]));
        (provider, Box::new(issuer) as _)
    })
}

/// The same, as a signer whose keys are at a known place.
pub fn jwt_of_a_set(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let issuer = OfScalekit::start(server_url).await;
        let environment = issuer.scalekit.environment_url();
        let keys = jwt::Keys::set(&format!("{environment}/keys"), [Algorithm::Rs256]).unwrap();
        let config = JwtConfig::new(environment, "res_test", keys).unwrap();
        let provider = jwt::provider(config.authorization_server(environment));
        (provider, Box::new(issuer) as _)
    })
}

/// The same, as a signer with one key that is known.
pub fn jwt_of_a_key(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let mut issuer = OfScalekit::start(server_url).await;
        issuer.has_metadata = false;
        issuer.has_key_ids = false;
        let pem = issuer.scalekit.admin().public_pem();
        let keys = jwt::Keys::pem(Algorithm::Rs256, &pem).unwrap();
        let config = JwtConfig::new(issuer.scalekit.environment_url(), "res_test", keys).unwrap();
        (jwt::provider(config), Box::new(issuer) as _)
    })
}

async fn of_scalekit(server_url: &str) -> (Provider, OfScalekit) {
    let issuer = OfScalekit::start(server_url).await;
    let config = ScalekitConfig::new(issuer.scalekit.environment_url()).unwrap();
    let provider = provider::provider(config.resource_id("res_test"));
    (provider, issuer)
}

impl OfScalekit {
    async fn start(server_url: &str) -> Self {
        Self {
            scalekit: Scalekit::start(Emulator::builder(), server_url).await,
            is_optional: false,
            has_metadata: true,
            has_key_ids: true,
        }
    }

    fn claims(changes: &Value) -> Value {
        let mut claims = json!({ "sub": SUBJECT, "scope": "todo:read todo:write", "scopes": ["todo:read", "todo:write"] });
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn with(&self, name: &'static str, changes: &Value) -> Credential {
        let token = self.scalekit.mint(Self::claims(changes), json!({}));
        Credential::bearer(name, &token)
    }
}

impl Issuer for OfScalekit {
    fn good(&self) -> Credential {
        self.with("good", &json!({}))
    }

    fn scopeless(&self) -> Credential {
        let lacking = json!({ "scope": "todo:read", "scopes": ["todo:read"] });
        self.with("scopeless", &lacking)
    }

    fn bad(&self) -> Vec<Credential> {
        let claims = || Self::claims(&json!({}));
        let forged = self
            .scalekit
            .mint_signed(claims(), json!({}), &Signer::Stranger);
        let unknown = self
            .scalekit
            .mint(claims(), json!({ "kid": "snk_unknown" }));
        let mut bad = vec![
            Credential::bearer("malformed", "this-is-no-token-at-all"),
            Credential::bearer("forged", &forged),
            self.with("for another audience", &json!({ "aud": ["res_other"] })),
            self.with(
                "of another issuer",
                &json!({ "iss": "https://evil.example" }),
            ),
        ];
        if self.has_key_ids {
            bad.push(Credential::bearer("of an unknown key", &unknown));
        }
        bad
    }

    fn expired(&self) -> Option<Credential> {
        let past = json!({ "iat": 1_000, "nbf": 1_000, "exp": 4_600 });
        Some(self.with("expired", &past))
    }

    fn has_metadata(&self) -> bool {
        self.has_metadata
    }

    fn is_optional(&self) -> bool {
        self.is_optional
    }
}

/// A verifier of one's own, with tokens of a table.
struct Own;

const OWN_GOOD: &str = "good-of-the-table-0123456789abcdef";
const OWN_SCOPELESS: &str = "scopeless-of-the-table-0123456789abcdef";
const OWN_EXPIRED: &str = "expired-of-the-table-0123456789abcdef";

/// An authorization server that is never asked.
pub fn own(_: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async { (own_provider(), Box::new(Own) as _) })
}

fn own_provider() -> Provider {
    for token in [OWN_GOOD, OWN_SCOPELESS, OWN_EXPIRED] {
        note(token);
    }
    Provider::new(["https://issuer.example"], Own)
}

impl Verifier for Own {
    fn verify<'a>(
        &'a self,
        credential: auth::Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(async move {
            let scopes: &[&str] = match credential.token() {
                Some(OWN_GOOD) => &["todo:read", "todo:write"],
                Some(OWN_SCOPELESS) => &["todo:read"],
                Some(OWN_EXPIRED) => return Err(VerifyError::Expired),
                _ => return Err(VerifyError::Invalid(Reason::Unknown)),
            };
            let session = Session::builder("https://issuer.example", SUBJECT)
                .scopes(scopes.iter().copied())
                .expires_at(SystemTime::now() + Duration::from_secs(600));
            Ok(session.build())
        })
    }
}

impl Issuer for Own {
    fn good(&self) -> Credential {
        Credential::bearer("good of one's own", OWN_GOOD)
    }

    fn scopeless(&self) -> Credential {
        Credential::bearer("scopeless of one's own", OWN_SCOPELESS)
    }

    fn bad(&self) -> Vec<Credential> {
        vec![
            Credential::bearer("unknown", "unknown-of-the-table-0123456789abcdef"),
            Credential::bearer("no form of a token", "no token"),
        ]
    }

    fn expired(&self) -> Option<Credential> {
        Some(Credential::bearer("expired of one's own", OWN_EXPIRED))
    }
}

/// Either of two.
struct AnyOf(OfScalekit, Own);

/// The environment, and the verifier of one's own.
pub fn any_of_both(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        let (provider, issuer) = of_scalekit(server_url).await;
        let provider = any_of([provider, own_provider()]);
        (provider, Box::new(AnyOf(issuer, Own)) as _)
    })
}

impl Issuer for AnyOf {
    fn good(&self) -> Credential {
        self.0.good()
    }

    fn good_ones(&self) -> Vec<Credential> {
        vec![self.0.good(), self.1.good()]
    }

    fn scopeless(&self) -> Credential {
        self.1.scopeless()
    }

    fn bad(&self) -> Vec<Credential> {
        [self.0.bad(), self.1.bad()].concat()
    }

    fn expired(&self) -> Option<Credential> {
        self.0.expired()
    }
}

/// Tokens that say nothing by themselves.
struct Introspected(Scalekit);

/// A local Scalekit environment that is asked what its tokens stand for.
pub fn introspected(server_url: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async move {
        let scalekit = Scalekit::start(Emulator::builder(), server_url).await;
        let environment = scalekit.environment_url();
        let client = scalekit.connection().mcp_client();
        let config =
            IntrospectionConfig::new(&format!("{environment}/oauth/introspect"), environment)
                .unwrap()
                .client_secret_basic(client.id(), client.secret());
        let provider = introspection::provider(config);
        (provider, Box::new(Introspected(scalekit)) as _)
    })
}

impl Introspected {
    fn with(&self, name: &'static str, changes: &Value) -> Credential {
        let token = self.0.admin().mint_opaque(OfScalekit::claims(changes));
        note(&token);
        Credential::bearer(name, &token)
    }
}

impl Issuer for Introspected {
    fn good(&self) -> Credential {
        self.with("good", &json!({}))
    }

    fn scopeless(&self) -> Credential {
        let lacking = json!({ "scope": "todo:read", "scopes": ["todo:read"] });
        self.with("scopeless", &lacking)
    }

    fn bad(&self) -> Vec<Credential> {
        vec![
            Credential::bearer("unknown", "never-heard-of-it-0123456789abcdef"),
            Credential::bearer("no form of a token", "no token"),
            self.with("for another audience", &json!({ "aud": ["res_other"] })),
            self.with(
                "of another issuer",
                &json!({ "iss": "https://evil.example" }),
            ),
            // The endpoint does not know tokens of the past.
            self.with(
                "expired",
                &json!({ "iat": 1_000, "nbf": 1_000, "exp": 4_600 }),
            ),
        ]
    }

    fn expired(&self) -> Option<Credential> {
        None
    }
}

/// Keys of applications.
struct Keys;

const KEY_GOOD: &str = "key-of-the-table-0123456789abcdef";
const KEY_SCOPELESS: &str = "scopeless-key-of-the-table-0123456789";

/// Two keys.
pub fn keys(_: &str) -> BoxFuture<'_, (Provider, Box<dyn Issuer>)> {
    Box::pin(async {
        for key in [KEY_GOOD, KEY_SCOPELESS] {
            note(key);
        }
        let config = ApiKeyConfig::new()
            .key(Key::new(SUBJECT, KEY_GOOD).scopes(["todo:read", "todo:write"]))
            .key(Key::new("usr_of_the_table_too", KEY_SCOPELESS).scopes(["todo:read"]));
        (api_key::provider(config), Box::new(Keys) as _)
    })
}

impl Issuer for Keys {
    fn good(&self) -> Credential {
        Credential::key("good", "x-api-key", KEY_GOOD)
    }

    fn good_ones(&self) -> Vec<Credential> {
        let scheme = Credential::key(
            "in the other header",
            "authorization",
            format!("ApiKey {KEY_GOOD}"),
        );
        vec![self.good(), scheme]
    }

    fn scopeless(&self) -> Credential {
        Credential::key("scopeless", "x-api-key", KEY_SCOPELESS)
    }

    fn bad(&self) -> Vec<Credential> {
        let longer = format!("{KEY_GOOD}0");
        let other = KEY_GOOD.replace('0', "1");
        vec![
            Credential::key(
                "a shorter one",
                "x-api-key",
                &KEY_GOOD[..KEY_GOOD.len() - 1],
            ),
            Credential::key("a longer one", "x-api-key", longer),
            Credential::key("another one", "x-api-key", other),
        ]
    }

    fn expired(&self) -> Option<Credential> {
        None
    }

    fn scheme(&self) -> &'static str {
        "ApiKey"
    }

    fn words(&self) -> [&'static str; 3] {
        [
            "API key verification failed",
            "The API key expired",
            "The API key lacks a required scope",
        ]
    }

    fn has_metadata(&self) -> bool {
        false
    }
}
