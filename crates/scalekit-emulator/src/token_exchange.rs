//! A user's token becomes one for another service (RFC 8693). The real one has nothing of the kind.
//!
//! A client may exchange a token that was made for this MCP server, and only with its secret: it is the server that got the token.

use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use crate::{
    caller::Caller, environment::Environment, jwt, parameters::Parameters, refusal::Refusal, reply,
    time,
};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

pub(crate) fn exchange(
    environment: &Environment,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Response, Refusal> {
    let Caller::Known(client) = caller else {
        return Err(Refusal::new(
            "unauthorized_client",
            "a client without a secret exchanges no tokens",
        ));
    };
    let subject = subject(environment, parameters)?;
    if parameters.get("actor_token").is_some() {
        return Err(Refusal::new(
            "invalid_request",
            "actor_token is not known here",
        ));
    }
    if !matches!(
        parameters.get("requested_token_type"),
        None | Some(ACCESS_TOKEN)
    ) {
        return Err(Refusal::new(
            "invalid_request",
            "requested_token_type is not that of an access token",
        ));
    }
    let audience = audience(parameters)?;
    let scopes = match parameters.get("scope") {
        None => texts(&subject["scopes"]),
        asked => environment.scopes(asked).ok_or(Refusal::new(
            "invalid_scope",
            "a scope is not known to this resource",
        ))?,
    };
    let ends = subject["exp"].as_u64().unwrap_or_default();
    let lifetime = environment.policy().token_lifetime.as_secs();
    let lifetime = lifetime.min(ends.saturating_sub(time::now()));
    let claims = json!({
        "aud": audience,
        "client_id": client.id,
        "iss": subject["iss"],
        "sub": subject["sub"],
        "oid": subject["oid"],
        "scope": scopes.join(" "),
        "scopes": scopes,
        "sid": subject["sid"],
        "act": { "sub": client.id },
    });
    let token = environment.token_of(claims, lifetime);
    let answer = json!({
        "access_token": token.text,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": token.kind,
        "expires_in": token.lifetime,
        "scope": scopes.join(" "),
    });
    Ok(reply::json(StatusCode::OK, &answer))
}

/// The claims of the token that is exchanged.
fn subject(environment: &Environment, parameters: &Parameters) -> Result<Value, Refusal> {
    let invalid = |description| Refusal::new("invalid_request", description);
    let token = parameters
        .get("subject_token")
        .ok_or(invalid("subject_token is missing"))?;
    if !matches!(
        parameters.get("subject_token_type"),
        Some(ACCESS_TOKEN | JWT)
    ) {
        return Err(invalid("subject_token_type is not that of an access token"));
    }
    let claims = environment
        .store
        .read(|state| jwt::decode(token, &state.keys))
        .filter(|claims| claims["exp"].as_u64().is_some_and(|exp| exp > time::now()))
        .ok_or(invalid(
            "the subject_token is none of this environment, or has expired",
        ))?;
    if !texts(&claims["aud"]).contains(&environment.resource_id) {
        return Err(invalid("the subject_token is not for this MCP server"));
    }
    if claims.get("cnf").is_some() {
        return Err(invalid("the subject_token is bound to a key"));
    }
    let session = claims["sid"].as_str().unwrap_or_default();
    if environment.store.read(|state| state.is_revoked(session)) {
        return Err(invalid("the session was revoked"));
    }
    Ok(claims)
}

/// For whom the new token is: what was asked for, which must be said (RFC 8693, section 2.1).
fn audience(parameters: &Parameters) -> Result<Vec<String>, Refusal> {
    let resource = parameters.get("resource");
    let is_url = |text: &str| Url::parse(text).is_ok_and(|url| url.fragment().is_none());
    if resource.is_some_and(|resource| !is_url(resource)) {
        return Err(Refusal::new(
            "invalid_target",
            "resource is not an absolute URL without a fragment",
        ));
    }
    let asked = [resource, parameters.get("audience")];
    let audience: Vec<_> = asked.into_iter().flatten().map(str::to_owned).collect();
    match audience.is_empty() {
        true => Err(Refusal::new(
            "invalid_target",
            "audience or resource says for whom the token is to be",
        )),
        false => Ok(audience),
    }
}

fn texts(value: &Value) -> Vec<String> {
    let values = value.as_array().into_iter().flatten();
    values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}
