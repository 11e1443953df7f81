//! A small HTTP client, and the steps that several tests need.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, jwk::Jwk};
use scalekit_emulator::{Builder, Consent, Emulator, Running};
use serde_json::{Value, json};
use url::Url;

pub(crate) const SERVER: &str = "http://localhost:3001/mcp";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:7777/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// Its challenge, from RFC 7636, appendix B.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> Url {
        self.header("location").parse().unwrap()
    }

    /// Status, and the `error` of an OAuth error.
    pub(crate) fn error(&self) -> (u16, String) {
        (
            self.status.as_u16(),
            self.json()["error"].as_str().unwrap().to_owned(),
        )
    }
}

pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

pub(crate) async fn get(url: &str) -> Answer {
    send(client().get(url)).await
}

pub(crate) async fn post_json(url: &str, body: &Value) -> Answer {
    let request = client()
        .post(url)
        .header("content-type", "application/json");
    send(request.body(body.to_string())).await
}

pub(crate) fn form(url: &str, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    client()
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}

pub(crate) async fn post_form(url: &str, fields: &[(&str, &str)]) -> Answer {
    send(form(url, fields)).await
}

/// With the ids of the tests' tables, consenting by itself.
pub(crate) fn automatic() -> Builder {
    Emulator::builder()
        .resource_id("res_1")
        .server_url(SERVER)
        .consent(Consent::Auto(None))
}

pub(crate) async fn start() -> Running {
    automatic().start().await.unwrap()
}

/// The URL of the resource's authorization server.
pub(crate) fn resource_url(emulator: &Running) -> String {
    format!(
        "{}/resources/{}",
        emulator.environment_url(),
        emulator.resource_id()
    )
}

/// Registers a public client with this redirect URI.
pub(crate) async fn register(emulator: &Running, redirect_uri: &str) -> String {
    let url = format!(
        "{}/api/v1/resources/res_1/clients:register",
        emulator.environment_url()
    );
    let body = json!({
        "client_name": "A test",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    let answer = post_json(&url, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["client_id"].as_str().unwrap().to_owned()
}

/// The address of an authorization request, with changes: a value replaces, an empty one removes.
pub(crate) fn authorization_url(
    emulator: &Running,
    client: &str,
    changes: &[(&str, &str)],
) -> String {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", client),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("state", "a state"),
        ("scope", "openid todo:read"),
        ("resource", SERVER),
    ];
    parameters.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    let url = format!("{}/oauth/authorize", resource_url(emulator));
    Url::parse_with_params(&url, parameters).unwrap().into()
}

/// The parameters with which an authorization request came back to its client.
pub(crate) fn returned(answer: &Answer) -> Vec<(String, String)> {
    assert!(
        answer.status.is_redirection(),
        "{} {}",
        answer.status,
        answer.text
    );
    answer.location().query_pairs().into_owned().collect()
}

pub(crate) async fn code(emulator: &Running, client: &str) -> String {
    let answer = get(&authorization_url(emulator, client, &[])).await;
    let (name, value) = returned(&answer).swap_remove(0);
    assert_eq!(name, "code", "{value}");
    value
}

/// The fields that redeem a code.
pub(crate) fn redemption<'a>(client: &'a str, code: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", client),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("resource", SERVER),
    ]
}

pub(crate) async fn redeem(emulator: &Running, client: &str, code: &str) -> Answer {
    let url = format!("{}/oauth/token", resource_url(emulator));
    post_form(&url, &redemption(client, code)).await
}

pub(crate) async fn refresh(emulator: &Running, client: &str, token: &str) -> Answer {
    let url = format!("{}/oauth/token", resource_url(emulator));
    let fields = [
        ("grant_type", "refresh_token"),
        ("client_id", client),
        ("refresh_token", token),
    ];
    post_form(&url, &fields).await
}

/// All the steps: what the token endpoint answered at the end.
pub(crate) async fn sign_in(emulator: &Running, client: &str) -> Value {
    let code = code(emulator, client).await;
    let answer = redeem(emulator, client, &code).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

/// A token of the environment's own credentials.
pub(crate) async fn environment_token(emulator: &Running) -> String {
    let own = emulator.connection().environment_client();
    let url = format!("{}/oauth/token", emulator.environment_url());
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", own.id()),
        ("client_secret", own.secret()),
    ];
    post_form(&url, &fields).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// A part of a token, unverified.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The claims of a token whose signature another implementation found good, by the published key of its id.
pub(crate) async fn verified(emulator: &Running, token: &str) -> Value {
    let keys = get(&format!("{}/keys", emulator.environment_url()))
        .await
        .json();
    let header = part(token, 0);
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == header["kid"]);
    let jwk: Jwk = serde_json::from_value(key.expect("the key is published").clone()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_aud = false;
    decode::<Value>(token, &DecodingKey::from_jwk(&jwk).unwrap(), &validation)
        .unwrap()
        .claims
}
