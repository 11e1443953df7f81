//! The documents by which clients find everything else.

use axum::{
    extract::{Path, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    dpop,
    environment::{Environment, STANDARD_SCOPES, Shared},
    reply,
};

/// `GET /keys`.
pub(crate) async fn keys(State(environment): State<Shared>) -> Response {
    reply::document(&json!({ "keys": environment.jwks() }))
}

/// The authorization server of the MCP server, at the inserted form of its address (RFC 8414, section 3.1) and at the appended one.
pub(crate) async fn of_resource(
    State(environment): State<Shared>,
    Path(resource): Path<String>,
) -> Response {
    if resource != environment.resource_id {
        return reply::text(StatusCode::NOT_FOUND, "there is no such resource");
    }
    let issuer = environment.resource_issuer();
    let mut document = authorization_server(&environment, &issuer);
    document["registration_endpoint"] = json!(format!(
        "{}/api/v1/resources/{}/clients:register",
        environment.url, environment.resource_id
    ));
    document["client_id_metadata_document_supported"] = json!(true);
    reply::document(&document)
}

/// The environment as an authorization server.
pub(crate) async fn of_environment(State(environment): State<Shared>) -> Response {
    let mut document = authorization_server(&environment, &environment.url);
    document["client_id_metadata_document_supported"] = json!(true);
    reply::document(&document)
}

/// The environment as an OpenID provider.
pub(crate) async fn openid(State(environment): State<Shared>) -> Response {
    let mut document = authorization_server(&environment, &environment.url);
    document["subject_types_supported"] = json!(["public"]);
    document["id_token_signing_alg_values_supported"] = json!(["RS256"]);
    document["claims_supported"] = json!([
        "sub",
        "aud",
        "iss",
        "exp",
        "iat",
        "email",
        "email_verified",
        "name",
        "given_name",
        "family_name",
        "sid"
    ]);
    reply::document(&document)
}

fn authorization_server(environment: &Environment, issuer: &str) -> Value {
    let scopes = match environment.policy().scopes {
        Some(scopes) => scopes,
        None => STANDARD_SCOPES.map(str::to_owned).to_vec(),
    };
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "jwks_uri": format!("{}/keys", environment.url),
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": [
            "authorization_code", "client_credentials", "refresh_token",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "scopes_supported": scopes,
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        "authorization_response_iss_parameter_supported": true,
        "dpop_signing_alg_values_supported": dpop::ALGORITHMS,
    })
}
