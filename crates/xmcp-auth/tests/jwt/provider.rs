//! Tokens that are good, tokens that are not, and what the metadata says.

use std::sync::Arc;

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaKeyPair,
    },
};
use axum::{Extension, Router, body::Body, extract::Request, response::Response, routing::get};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;
use xmcp_auth::{
    Algorithm, Resource, Secret, Session,
    jwt::{self, JwtConfig, Keys},
};

use crate::{
    clock::ManualClock,
    keys::pem,
    signing_key::{SigningKey, ada, eve},
};

const RESOURCE: &str = "https://notes.example.com/mcp";
const ISSUER: &str = "backend";
const SECRET: &str = "thirty-two bytes are the least it takes";
const METADATA: &str = "/.well-known/oauth-protected-resource/mcp";

struct Fixture {
    app: Router,
    clock: Arc<ManualClock>,
}

impl Fixture {
    fn new(keys: Keys) -> Self {
        Self::with(keys, |config| config)
    }

    fn with(keys: Keys, configure: impl FnOnce(JwtConfig) -> JwtConfig) -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = JwtConfig::new(ISSUER, RESOURCE, keys)
            .unwrap()
            .clock(clock.clone());
        let protected = jwt::provider(configure(config))
            .protect(Resource::new(RESOURCE))
            .unwrap();
        let whoami = get(|session: Extension<Session>| async move { session.user_id().to_owned() });
        let app = Router::new().route("/mcp", whoami);
        let app = app.layer(protected.layer).merge(protected.metadata);
        Self { app, clock }
    }

    fn claims(&self) -> Value {
        let now = self.clock.seconds();
        json!({ "iss": ISSUER, "aud": RESOURCE, "sub": "usr_1", "iat": now, "exp": now + 600 })
    }

    async fn get(&self, path: &str, token: Option<&str>) -> Response {
        let mut request = Request::get(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).unwrap();
        self.app.clone().oneshot(request).await.unwrap()
    }

    async fn status(&self, token: &str) -> u16 {
        self.get("/mcp", Some(token)).await.status().as_u16()
    }
}

/// A token whose header says this and whose signature is made by that.
fn token(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn by(key: &SigningKey, algorithm: &str, claims: &Value) -> String {
    let header = json!({ "alg": algorithm, "kid": key.id });
    token(&header, claims, |message| key.sign(algorithm, message))
}

fn by_secret(secret: &str, algorithm: &str, claims: &Value) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let header = json!({ "alg": algorithm });
    token(&header, claims, |message| {
        hmac::sign(&key, message).as_ref().to_vec()
    })
}

fn shared() -> Keys {
    Keys::shared_secret(&Secret::new(SECRET)).unwrap()
}

#[tokio::test]
async fn a_token_of_a_fixed_key_in_pem_is_good_whatever_its_key_is_called() {
    let random = SystemRandom::new();
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let ed = Ed25519KeyPair::generate().unwrap();
    let rsa_pem = pem("PUBLIC KEY", rsa.public_key().as_der().unwrap().as_ref());
    let sign_rsa = |padding, message: &[u8]| {
        let mut signature = vec![0; rsa.public_modulus_len()];
        rsa.sign(padding, &random, message, &mut signature).unwrap();
        signature
    };
    type Sign<'a> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'a>;
    let cases: [(Algorithm, String, Sign<'_>); 4] = [
        (
            Algorithm::Rs256,
            rsa_pem.clone(),
            Box::new(|message| sign_rsa(&RSA_PKCS1_SHA256, message)),
        ),
        (
            Algorithm::Ps256,
            rsa_pem,
            Box::new(|message| sign_rsa(&RSA_PSS_SHA256, message)),
        ),
        (
            Algorithm::Es256,
            pem("PUBLIC KEY", ec.public_key().as_der().unwrap().as_ref()),
            Box::new(|message| ec.sign(&random, message).unwrap().as_ref().to_vec()),
        ),
        (
            Algorithm::EdDsa,
            pem("PUBLIC KEY", ed.public_key().as_der().unwrap().as_ref()),
            Box::new(|message| ed.sign(message).as_ref().to_vec()),
        ),
    ];
    for (algorithm, text, sign) in cases {
        let fixture = Fixture::new(Keys::pem(algorithm, &text).unwrap());
        for header in [
            json!({ "alg": algorithm.name() }),
            json!({ "alg": algorithm.name(), "kid": "whatever", "typ": "JWT" }),
        ] {
            let good = token(&header, &fixture.claims(), &sign);
            assert_eq!(fixture.status(&good).await, 200, "{header}");
            let forged = token(&header, &fixture.claims(), |message| {
                let mut signature = sign(message);
                signature[7] ^= 1;
                signature
            });
            assert_eq!(fixture.status(&forged).await, 401, "{header}");
        }
    }
}

#[tokio::test]
async fn a_fixed_jwk_that_has_a_name_is_not_taken_for_another() {
    let keys = Keys::jwk(Algorithm::Rs256, &ada().jwk().to_string()).unwrap();
    let fixture = Fixture::new(keys);
    let claims = fixture.claims();
    assert_eq!(fixture.status(&by(ada(), "RS256", &claims)).await, 200);
    assert_eq!(fixture.status(&by(eve(), "RS256", &claims)).await, 401);
    let header = json!({ "alg": "RS256", "kid": eve().id });
    let misnamed = token(&header, &claims, |message| ada().sign("RS256", message));
    assert_eq!(fixture.status(&misnamed).await, 401);
    let nameless = token(&json!({ "alg": "RS256" }), &claims, |message| {
        ada().sign("RS256", message)
    });
    assert_eq!(fixture.status(&nameless).await, 200);
}

#[tokio::test]
async fn a_token_of_the_shared_secret_is_good_and_no_other() {
    let fixture = Fixture::new(shared());
    let claims = fixture.claims();
    assert_eq!(
        fixture.status(&by_secret(SECRET, "HS256", &claims)).await,
        200
    );
    for (secret, algorithm) in [
        ("another secret that is as long as this one", "HS256"),
        ("", "HS256"),
        (SECRET, "HS384"),
        (SECRET, "HS512"),
        (SECRET, "none"),
        (SECRET, "RS256"),
    ] {
        let token = by_secret(secret, algorithm, &claims);
        assert_eq!(fixture.status(&token).await, 401, "{algorithm}");
    }
    let good = by_secret(SECRET, "HS256", &claims);
    let (message, _) = good.rsplit_once('.').unwrap();
    assert_eq!(fixture.status(&format!("{message}.")).await, 401);
}

/// RFC 8725, section 2.1: a public key is no secret, and must not be taken for one.
#[tokio::test]
async fn a_public_key_is_never_taken_for_a_shared_secret() {
    let text = pem("PUBLIC KEY", &ada().der());
    let jwk = ada().jwk().to_string();
    let fixture = Fixture::new(Keys::jwk(Algorithm::Rs256, &jwk).unwrap());
    for secret in [
        text.as_str(),
        jwk.as_str(),
        ada().jwk()["n"].as_str().unwrap(),
    ] {
        let token = by_secret(secret, "HS256", &fixture.claims());
        assert_eq!(fixture.status(&token).await, 401);
    }
}

#[tokio::test]
async fn issuer_audience_and_times_are_checked_with_a_fixed_key_too() {
    let fixture = Fixture::new(shared());
    let now = fixture.clock.seconds();
    for (name, value, status) in [
        ("iss", json!("other"), 401),
        ("iss", json!(null), 401),
        ("aud", json!("https://other.example.com"), 401),
        ("aud", json!(null), 401),
        ("sub", json!(""), 401),
        ("exp", json!(now - 31), 401),
        ("exp", json!(now + 90_000), 401),
        ("iat", json!(null), 401),
        ("nbf", json!(now + 60), 401),
        ("aud", json!([RESOURCE]), 200),
    ] {
        let mut claims = fixture.claims();
        claims[name] = value.clone();
        let token = by_secret(SECRET, "HS256", &claims);
        assert_eq!(fixture.status(&token).await, status, "{name} {value}");
    }
}

#[tokio::test]
async fn without_an_authorization_server_there_is_no_metadata_and_the_challenge_names_none() {
    let fixture = Fixture::new(shared());
    assert_eq!(fixture.get(METADATA, None).await.status(), 404);
    let refused = fixture.get("/mcp", None).await;
    assert_eq!(refused.status(), 401);
    let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer"), "{challenge}");
    assert!(!challenge.contains("resource_metadata"), "{challenge}");
}

#[tokio::test]
async fn with_an_authorization_server_the_metadata_names_it() {
    let fixture = Fixture::with(shared(), |config| {
        config.authorization_server("https://login.example.com")
    });
    let response = fixture.get(METADATA, None).await;
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let document: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        document["authorization_servers"],
        json!(["https://login.example.com"])
    );
}

#[tokio::test]
async fn a_key_set_is_fetched_from_its_url_when_the_first_token_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/jwks", listener.local_addr().unwrap());
    let document = json!({ "keys": [ada().jwk()] }).to_string();
    let server = Router::new().route("/jwks", get(move || async move { document.clone() }));
    tokio::spawn(async move { axum::serve(listener, server).await });

    let fixture = Fixture::new(Keys::set(&url, [Algorithm::Rs256]).unwrap());
    let claims = fixture.claims();
    assert_eq!(fixture.status(&by(ada(), "RS256", &claims)).await, 200);
    assert_eq!(fixture.status(&by(eve(), "RS256", &claims)).await, 401);
}

#[test]
fn issuer_and_audience_must_be_said() {
    for (issuer, audience, problems) in [("", RESOURCE, 1), (ISSUER, "", 1), (" ", "", 2)] {
        let error = JwtConfig::new(issuer, audience, shared()).unwrap_err();
        assert_eq!(error.problems().len(), problems, "{error}");
    }
}

#[tokio::test]
async fn nothing_prints_the_secret() {
    let config = JwtConfig::new(ISSUER, RESOURCE, shared()).unwrap();
    let printed = format!("{config:?} {:?}", jwt::provider(config_again()));
    assert!(!printed.contains("thirty-two"), "{printed}");
}

fn config_again() -> JwtConfig {
    JwtConfig::new(ISSUER, RESOURCE, shared()).unwrap()
}
