//! Introspection (RFC 7662): what a token stands for, told to those who prove that they may ask. Scalekit has no such endpoint in its
//! published interface; this one is for resource servers that take opaque tokens.

use axum::{body::Bytes, extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::{
    caller::{self, Caller},
    environment::{Environment, Shared},
    jwt,
    parameters::Parameters,
    refusal::Refusal,
    reply, rest, time,
};

/// `POST /oauth/introspect`.
pub(crate) async fn introspect(
    State(environment): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match answer(&environment, &headers, &body) {
        Ok(answer) => reply::json(StatusCode::OK, &answer),
        Err(refusal) => refusal.response(),
    }
}

fn answer(environment: &Environment, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let parameters = Parameters::of_form(headers, body)?;
    if !rest::is_environments_own(environment, headers) {
        let is_confidential = match caller::authenticate(environment, headers, &parameters)? {
            Caller::Known(client) => client.secret.is_some(),
            Caller::Described(_) => false,
        };
        // Otherwise anybody could try tokens here (RFC 7662, section 2.1).
        if !is_confidential {
            return Err(Refusal::client("only clients with a secret may ask"));
        }
    }
    let token = parameters
        .get("token")
        .ok_or(Refusal::new("invalid_request", "token is missing"))?;
    Ok(active(environment, token).unwrap_or_else(|| json!({ "active": false })))
}

/// What a token that is good now stands for. Why one is not is nobody's business (RFC 7662, section 2.2).
fn active(environment: &Environment, token: &str) -> Option<Value> {
    let signed = || {
        environment
            .store
            .read(|state| jwt::decode(token, &state.keys))
    };
    let mut claims = environment.opaque.get(token).or_else(signed)?;
    let now = time::now();
    let is_over = claims["exp"].as_u64().is_some_and(|exp| exp <= now);
    let is_early = claims["nbf"].as_u64().is_some_and(|nbf| nbf > now);
    let is_revoked = claims["sid"]
        .as_str()
        .is_some_and(|session| environment.store.read(|state| state.is_revoked(session)));
    if is_over || is_early || is_revoked {
        return None;
    }
    let user = claims["sub"].as_str();
    let email = user.and_then(|user| {
        environment
            .store
            .read(|state| state.directory.user(user).map(|user| user.email.clone()))
    });
    let members = claims.as_object_mut()?;
    let mut answer = serde_json::Map::from_iter([("active".to_owned(), json!(true))]);
    if let Some(email) = email {
        answer.insert("username".to_owned(), json!(email));
    }
    answer.insert("token_type".to_owned(), json!("Bearer"));
    // What a test says of a token wins over what is usual.
    answer.append(members);
    Some(Value::Object(answer))
}
