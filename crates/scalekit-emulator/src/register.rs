//! Dynamic registration (RFC 7591): `POST /api/v1/resources/{resource}/clients:register`.

use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    client::{Client, Grant, Kind},
    environment::Shared,
    random, redirect_uri, reply, time,
};

const REDIRECT_URIS: usize = 32;
/// Of all of them: the state is written as a whole at every change, so what strangers add to it stays small.
const REDIRECT_URI_BYTES: usize = 8 * 1024;
const NAME: usize = 200;

/// What a client says of itself. What we do not know is ignored.
#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    redirect_uris: Vec<String>,
    client_name: Option<String>,
    token_endpoint_auth_method: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    scope: Option<String>,
}

pub(crate) async fn register(
    State(environment): State<Shared>,
    Path(resource): Path<String>,
    body: Bytes,
) -> Response {
    if resource != environment.resource_id {
        return reply::text(StatusCode::NOT_FOUND, "there is no such resource");
    }
    let refuse = |error: &str, description: &str| {
        reply::oauth_error(StatusCode::BAD_REQUEST, error, description)
    };
    let Ok(metadata) = serde_json::from_slice::<Metadata>(&body) else {
        return refuse(
            "invalid_client_metadata",
            "the body is not the JSON of a client",
        );
    };
    let grants = metadata
        .grant_types
        .unwrap_or_else(|| vec!["authorization_code".to_owned()]);
    let parsed: Option<Vec<Grant>> = grants.iter().map(|name| Grant::parse(name)).collect();
    let may_be = |grants: &Vec<Grant>| {
        !grants.is_empty() && grants.len() <= 3 && !grants.contains(&Grant::TokenExchange)
    };
    let Some(parsed) = parsed.filter(may_be) else {
        return refuse(
            "invalid_client_metadata",
            "grant_types are authorization_code, refresh_token and client_credentials",
        );
    };
    let responses = metadata
        .response_types
        .unwrap_or_else(|| vec!["code".to_owned()]);
    if responses.iter().any(|it| it != "code") {
        return refuse("invalid_client_metadata", "response_types is code");
    }
    let method = metadata
        .token_endpoint_auth_method
        .unwrap_or_else(|| "client_secret_basic".to_owned());
    let secret = match method.as_str() {
        "none" => None,
        "client_secret_basic" | "client_secret_post" => Some(random::secret()),
        _ => {
            return refuse(
                "invalid_client_metadata",
                "token_endpoint_auth_method is none, client_secret_basic or client_secret_post",
            );
        }
    };
    if secret.is_none() && parsed.contains(&Grant::ClientCredentials) {
        return refuse(
            "invalid_client_metadata",
            "client_credentials needs a client with a secret",
        );
    }
    let uris = metadata.redirect_uris;
    let needs_uri = parsed.contains(&Grant::AuthorizationCode);
    if needs_uri && uris.is_empty()
        || uris.len() > REDIRECT_URIS
        || uris.iter().map(String::len).sum::<usize>() > REDIRECT_URI_BYTES
        || !uris.iter().all(|uri| redirect_uri::is_allowed(uri))
    {
        return refuse(
            "invalid_redirect_uri",
            "redirect_uris are https, http to this machine, or an app's own scheme, without fragment",
        );
    }
    if environment.scopes(metadata.scope.as_deref()).is_none() {
        return refuse(
            "invalid_client_metadata",
            "a scope is not known to this resource",
        );
    }
    let name = metadata.client_name.filter(|name| !name.trim().is_empty());
    if name
        .as_ref()
        .is_some_and(|name| name.chars().count() > NAME)
    {
        return refuse("invalid_client_metadata", "client_name is too long");
    }
    let client = Client {
        id: random::id("m2m"),
        name,
        kind: Kind::Mcp,
        secret,
        redirect_uris: uris,
        grants: parsed,
        created: time::now(),
    };
    let mut answer = json!({
        "client_id": client.id,
        "client_id_issued_at": client.created,
        "redirect_uris": client.redirect_uris,
        "grant_types": grants,
        "response_types": responses,
        "token_endpoint_auth_method": method,
    });
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            answer[name] = value;
        }
    };
    set("client_name", client.name.as_ref().map(|name| json!(name)));
    set("scope", metadata.scope.map(|scope| json!(scope)));
    set(
        "client_secret",
        client.secret.as_ref().map(|secret| json!(secret)),
    );
    set(
        "client_secret_expires_at",
        client.secret.as_ref().map(|_| json!(0)),
    );
    match environment.store.change(|state| state.register(client)) {
        Ok(()) => reply::json(StatusCode::CREATED, &answer),
        Err(_) => reply::oauth_error(
            StatusCode::INTERNAL_SERVER_ERROR,
            "server_error",
            "the state cannot be written",
        ),
    }
}
