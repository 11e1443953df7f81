//! Tokens of the shapes that issuers document, against their presets. The files in `published/` have the members of the published
//! examples, with names, ids and times of ours.

use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;
use crate::{Algorithm, Clock, ConfigError, Credential, Reason, VerifyError, keys::Key};

#[expect(dead_code, reason = "made for the tests of tokens and keys")]
#[path = "../../tests/verification/support/signing_key.rs"]
mod signing_key;

use signing_key::ada;

const RESOURCE: &str = "https://notes.example.com/mcp";

/// A moment after the tokens were issued.
struct Then(Instant);

impl Clock for Then {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_788_433_930)
    }

    fn instant(&self) -> Instant {
        self.0
    }
}

fn claims(file: &str) -> Value {
    serde_json::from_str(file).unwrap()
}

/// The verifier of a preset, with `ada`'s key instead of the issuer's.
fn verifier_of(config: OAuthConfig) -> Result<JwtVerifier, Problem> {
    let Value::Object(jwk) = ada().jwk() else {
        unreachable!("a JWK is an object")
    };
    let key = Arc::new(Key::parse(jwk, &[Algorithm::Rs256]).unwrap());
    let config = config.clock(Arc::new(Then(Instant::now())));
    let verifier = with_keys(KeysFrom::Fixed(key), config, &[RESOURCE.to_owned()])?;
    Ok(verifier.build().unwrap())
}

fn token(typ: &str, claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "kid": ada().id, "typ": typ });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(&header), encode(claims));
    let signature = ada().sign("RS256", message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Who calls, in a line: user, client, organization, scopes and roles.
async fn caller(config: OAuthConfig, typ: &str, claims: &Value) -> Result<String, Reason> {
    let verifier = verifier_of(config).unwrap();
    let token = token(typ, claims);
    match verifier.verify(Credential::Bearer(&token)).await {
        Ok(session) => Ok(format!(
            "{} | {} | {} | {} | {}",
            session.user_id(),
            session.client_id().unwrap_or("-"),
            session.organization_id().unwrap_or("-"),
            session.scopes(),
            session.roles().join(" ")
        )),
        Err(VerifyError::Invalid(reason)) => Err(reason),
        Err(error) => panic!("neither good nor bad: {error}"),
    }
}

fn keycloak() -> OAuthConfig {
    let values = [("url", "https://sso.example.com"), ("realm", "acme")];
    KEYCLOAK.config(values).unwrap()
}

fn entra() -> OAuthConfig {
    let tenant = [("tenant", "72f988bf-86f1-41af-91ab-2d7cd011db47")];
    let config = ENTRA.config(tenant).unwrap();
    config.audiences(["6e74172b-be56-4843-9ff4-e66a39bb12e3"])
}

fn entra_v1() -> OAuthConfig {
    let tenant = [("tenant", "fa15d692-e9c7-4460-a743-29f295222229")];
    let config = ENTRA_V1.config(tenant).unwrap();
    config.audiences(["api://ef1da9d4-ff77-4c3e-a005-840c3f830745"])
}

fn of_domain(preset: &'static Preset, domain: &str) -> OAuthConfig {
    preset.config([("domain", domain)]).unwrap()
}

fn descope() -> OAuthConfig {
    let values = [
        ("url", "https://api.descope.com"),
        ("project", "P32juVkF2iM8wAGoM8PiLkGi6POV"),
        ("server", "MS35d1Xw1Yo6zozsW7n8BU6xLmnAs"),
    ];
    DESCOPE.config(values).unwrap()
}

fn google() -> OAuthConfig {
    let config = GOOGLE.config([]).unwrap();
    config.only("email", ["robot@acme.iam.gserviceaccount.com"])
}

#[tokio::test]
async fn a_published_access_token_says_who_calls() {
    for (config, typ, file, expected) in [
        (
            keycloak(),
            "JWT",
            include_str!("published/keycloak_user.json"),
            "36fa0f91-f94d-4a0c-afed-6b7d952e47da | notes-client | acme | openid email notes:read | offline_access default-roles-acme editor",
        ),
        (
            keycloak(),
            "JWT",
            include_str!("published/keycloak_service_account.json"),
            "c5b1b1de-8a3a-4f6e-93f1-1a1f4a3a2b0e | notes-robot | - | notes:read | default-roles-acme",
        ),
        (
            entra(),
            "JWT",
            include_str!("published/entra_user.json"),
            "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ | 04b07795-8ddb-461a-bbee-02f9e1bf7b46 | 72f988bf-86f1-41af-91ab-2d7cd011db47 | notes.read access_as_user | Notes.Editor",
        ),
        (
            entra(),
            "JWT",
            include_str!("published/entra_app.json"),
            "c7e1f4b6-2a5c-4d8f-8f52-0a4d1c6a2b77 | c7fb8a5e-8a35-4a1b-9f1a-3d0f0e6f8f11 | 72f988bf-86f1-41af-91ab-2d7cd011db47 |  | Notes.Read.All",
        ),
        (
            entra_v1(),
            "JWT",
            include_str!("published/entra_v1_user.json"),
            "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA | 75dbe77f-10a3-4e59-85fd-8c127544f17c | fa15d692-e9c7-4460-a743-29f295222229 | user_impersonation | ",
        ),
        (
            of_domain(&AUTH0, "acme.eu.auth0.com"),
            "JWT",
            include_str!("published/auth0_user.json"),
            "auth0|123456 | my_client_id | org_9ybsU1dN2dKfDkBi | openid profile notes:read | ",
        ),
        (
            of_domain(&CLERK, "clerk.example.com"),
            "at+jwt",
            include_str!("published/clerk_user.json"),
            "user_2xhFjEI5X2qWRvtV13BzSj8H6Dk | VHjGcQ6sZ3oUOTsB | - | email profile | ",
        ),
        (
            of_domain(&WORKOS, "acme.authkit.app"),
            "JWT",
            include_str!("published/workos_user.json"),
            "user_01HBEQKA6K4QJAS93VPE39W1JT | - | org_01HRDMC6CM357W30QMHMQ96Q0S |  | ",
        ),
        (
            descope(),
            "JWT",
            include_str!("published/descope_user.json"),
            "U2w8aM1f0vXc2o2QpQm7zqQ5Qm0v | UDMyanVWa0YyaU04d0FHb004UGlMa0dpNlBPVjpUUEEz | - | mcp:schedule_meetings | ",
        ),
        (
            google(),
            "JWT",
            include_str!("published/google_machine.json"),
            "113774264463038321964 | 113774264463038321964 | - |  | ",
        ),
    ] {
        let said = caller(config, typ, &claims(file)).await;
        assert_eq!(said.as_deref(), Ok(expected));
    }
}

#[tokio::test]
async fn an_id_token_is_no_access_token() {
    let demand = |name: &str| Err(Reason::Demand(name.to_owned()));
    let id_token = claims(include_str!("published/keycloak_id_token.json"));
    assert_eq!(caller(keycloak(), "JWT", &id_token).await, demand("typ"));
    let id_token = claims(include_str!("published/entra_id_token.json"));
    assert_eq!(caller(entra(), "JWT", &id_token).await, demand("azp"));
    // What Clerk signs for browsers has another `typ`.
    let config = of_domain(&CLERK, "clerk.example.com");
    let token = claims(include_str!("published/clerk_user.json"));
    assert_eq!(
        caller(config, "JWT", &token).await,
        Err(Reason::Header("typ"))
    );
}

#[tokio::test]
async fn a_token_that_keycloak_bound_to_a_key_is_good_with_its_proof_alone() {
    let mut claims = claims(include_str!("published/keycloak_user.json"));
    claims["typ"] = json!("DPoP");
    claims["cnf"] = json!({ "jkt": "key-1" });
    let verifier = verifier_of(keycloak()).unwrap();
    let token = token("JWT", &claims);
    let proven = |thumbprint| Credential::Dpop {
        token: &token,
        thumbprint,
    };
    for (credential, is_good) in [
        (proven("key-1"), true),
        (proven("key-2"), false),
        (Credential::Bearer(&token), false),
    ] {
        assert_eq!(verifier.verify(credential).await.is_ok(), is_good);
    }
}

#[tokio::test]
async fn a_token_of_another_tenant_realm_or_machine_is_refused() {
    let mut token = claims(include_str!("published/entra_user.json"));
    token["iss"] =
        json!("https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0");
    assert_eq!(caller(entra(), "JWT", &token).await, Err(Reason::Issuer));

    let mut token = claims(include_str!("published/keycloak_user.json"));
    token["iss"] = json!("https://sso.example.com/realms/acme2");
    assert_eq!(caller(keycloak(), "JWT", &token).await, Err(Reason::Issuer));

    let mut token = claims(include_str!("published/google_machine.json"));
    token["iss"] = json!("accounts.google.com");
    assert!(caller(google(), "JWT", &token).await.is_ok());
    token["email"] = json!("robot@evil.iam.gserviceaccount.com");
    assert_eq!(
        caller(google(), "JWT", &token).await,
        Err(Reason::Demand("email".to_owned()))
    );
}

#[tokio::test]
async fn a_token_for_another_audience_is_refused_whoever_issued_it() {
    for (config, typ, file) in [
        (
            keycloak(),
            "JWT",
            include_str!("published/keycloak_user.json"),
        ),
        (entra(), "JWT", include_str!("published/entra_user.json")),
        (
            entra_v1(),
            "JWT",
            include_str!("published/entra_v1_user.json"),
        ),
        (
            of_domain(&AUTH0, "acme.eu.auth0.com"),
            "JWT",
            include_str!("published/auth0_user.json"),
        ),
        (
            of_domain(&CLERK, "clerk.example.com"),
            "at+jwt",
            include_str!("published/clerk_user.json"),
        ),
        (
            of_domain(&WORKOS, "acme.authkit.app"),
            "JWT",
            include_str!("published/workos_user.json"),
        ),
        (
            descope(),
            "JWT",
            include_str!("published/descope_user.json"),
        ),
        (
            google(),
            "JWT",
            include_str!("published/google_machine.json"),
        ),
    ] {
        let mut token = claims(file);
        token["aud"] = json!("account");
        let refused = caller(config, typ, &token).await;
        let found = vec!["account".to_owned()];
        assert_eq!(refused, Err(Reason::Audience { found }));
    }
}

#[test]
fn a_preset_that_is_not_complete_makes_no_verifier() {
    let tenant = [("tenant", "72f988bf-86f1-41af-91ab-2d7cd011db47")];
    for (config, said) in [
        (ENTRA.config(tenant).unwrap(), ".audiences("),
        (ENTRA_V1.config(tenant).unwrap(), "api://"),
        (GOOGLE.config([]).unwrap(), ".only(\"email\""),
    ] {
        let problem = verifier_of(config).unwrap_err().to_string();
        assert!(problem.contains(said), "{problem}");
    }
}

#[test]
fn a_preset_knows_the_issuer_to_the_letter() {
    for (config, issuer) in [
        (keycloak(), "https://sso.example.com/realms/acme"),
        (
            entra(),
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
        ),
        (
            entra_v1(),
            "https://sts.windows.net/fa15d692-e9c7-4460-a743-29f295222229/",
        ),
        (
            of_domain(&AUTH0, "acme.eu.auth0.com"),
            "https://acme.eu.auth0.com/",
        ),
        (
            of_domain(&CLERK, "clerk.example.com"),
            "https://clerk.example.com",
        ),
        (
            of_domain(&WORKOS, "acme.authkit.app"),
            "https://acme.authkit.app",
        ),
        (
            descope(),
            "https://api.descope.com/v1/apps/agentic/P32juVkF2iM8wAGoM8PiLkGi6POV/MS35d1Xw1Yo6zozsW7n8BU6xLmnAs",
        ),
        (google(), "https://accounts.google.com"),
    ] {
        assert_eq!(config.issuer(), issuer);
    }
    let local = [("url", "http://localhost:8080/auth/"), ("realm", "acme")];
    let config = KEYCLOAK.config(local).unwrap();
    assert_eq!(config.issuer(), "http://localhost:8080/auth/realms/acme");
}

#[test]
fn what_cannot_stand_in_an_issuer_is_said_all_at_once() {
    let error = |config: Result<OAuthConfig, ConfigError>| config.unwrap_err().to_string();
    assert_eq!(
        error(KEYCLOAK.config([("url", "http://sso.example.com"), ("relam", "acme")])),
        "`http://sso.example.com` cannot be the `url` of Keycloak: it must begin with https://, for http:// is for this machine alone\n\
         `acme` cannot be the `relam` of Keycloak: the issuer has no such place\n\
         `realm` of Keycloak is missing: write `(\"realm\", \"..\")` among its values"
    );
    for (preset, name, value) in [
        (&ENTRA, "tenant", "common"),
        (&ENTRA, "tenant", "contoso.onmicrosoft.com"),
        (&AUTH0, "domain", "https://acme.auth0.com"),
        (&AUTH0, "domain", "acme.auth0.com/evil"),
        (&AUTH0, "domain", "evil.example?acme.auth0.com"),
        (&AUTH0, "domain", "acme@evil.example"),
        (&AUTH0, "domain", ""),
        (&AUTH0, "domain", ".."),
    ] {
        let config = preset.config([(name, value)]);
        assert!(config.is_err(), "{value}");
    }
    let twice = [("domain", "a.example"), ("domain", "b.example")];
    assert!(AUTH0.config(twice).is_err());
}
