//! The token endpoint: codes, refresh tokens, client credentials and, in [`crate::token_exchange`], other tokens become tokens.
//!
//! 1. A code is good once, for the client, redirect URI, challenge and resource it was made for. Seen twice, its session ends.
//! 2. A refresh token is good once too. Seen twice, its session ends (OAuth 2.1, section 4.3.1).
//! 3. Errors are those of RFC 6749, section 5.2.

use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use crate::{
    caller::{self, Caller},
    client::{Grant, Kind},
    digest, dpop,
    environment::{Environment, Shared},
    parameters::Parameters,
    pending::{Code, Redeemed},
    random,
    refusal::Refusal,
    reply,
    state::{Granted, RefreshToken},
    time,
    token::AccessToken,
    token_exchange::exchange,
};

/// `POST /oauth/token`.
pub(crate) async fn of_environment(
    State(environment): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    answer(&environment, false, &headers, &body)
}

/// `POST /resources/{resource}/oauth/token`. Credentials of the environment do not work here.
pub(crate) async fn of_resource(
    State(environment): State<Shared>,
    Path(resource): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if resource != environment.resource_id {
        return reply::text(StatusCode::NOT_FOUND, "there is no such resource");
    }
    answer(&environment, true, &headers, &body)
}

fn answer(
    environment: &Environment,
    of_resource: bool,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    match token(environment, of_resource, headers, body) {
        Ok(response) => response,
        Err(refusal) => refusal.response(),
    }
}

fn token(
    environment: &Environment,
    of_resource: bool,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let parameters = Parameters::of_form(headers, body)?;
    let grant = parameters
        .get("grant_type")
        .ok_or(Refusal::new("invalid_request", "grant_type is missing"))?;
    let grant = Grant::parse(grant).ok_or(Refusal::new(
        "unsupported_grant_type",
        "this grant_type is not offered",
    ))?;
    let client = caller::authenticate(environment, headers, &parameters)?;
    if of_resource && matches!(&client, Caller::Known(client) if client.kind != Kind::Mcp) {
        return Err(Refusal::client(
            "only clients of the MCP server get tokens here",
        ));
    }
    if matches!(&client, Caller::Known(client) if !client.may(grant)) {
        return Err(Refusal::new(
            "unauthorized_client",
            "this client did not register for this grant_type",
        ));
    }
    let endpoint = match of_resource {
        true => format!("{}/oauth/token", environment.resource_issuer()),
        false => format!("{}/oauth/token", environment.url),
    };
    let key = dpop::thumbprint(headers, &endpoint)?;
    let key = key.as_deref();
    match grant {
        Grant::AuthorizationCode => redeem(environment, &client, &parameters, key),
        Grant::RefreshToken => refresh(environment, &client, &parameters, key),
        Grant::ClientCredentials => credentials(environment, client, &parameters, key),
        Grant::TokenExchange => exchange(environment, &client, &parameters),
    }
}

fn redeem(
    environment: &Environment,
    caller: &Caller,
    parameters: &Parameters,
    key: Option<&str>,
) -> Result<Response, Refusal> {
    let invalid = |description| Err(Refusal::new("invalid_grant", description));
    let Some(code) = parameters.get("code") else {
        return Err(Refusal::new("invalid_request", "code is missing"));
    };
    let Some(verifier) = parameters.get("code_verifier") else {
        return Err(Refusal::new("invalid_request", "code_verifier is missing"));
    };
    let code: Code = match environment.pending.redeem(code) {
        Redeemed::Fresh(code) => code,
        Redeemed::Again(code) => {
            environment
                .store
                .change(|state| state.revoke(&code.grant.session))?;
            return invalid("the code was used before");
        }
        Redeemed::Unknown => return invalid("the code is unknown or has expired"),
    };
    if code.grant.client != caller.id() {
        return invalid("the code was made for another client");
    }
    if parameters.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return invalid("redirect_uri is not the one of the authorization request");
    }
    let is_verifier = (43..=128).contains(&verifier.len());
    if !is_verifier || !digest::same(&digest::sha256(verifier), &code.challenge) {
        return invalid("code_verifier does not belong to the code_challenge");
    }
    check_resource(environment, parameters, &code.grant)?;
    if environment
        .store
        .read(|state| state.is_revoked(&code.grant.session))
    {
        return Err(SESSION_IS_OVER);
    }
    let refresh_token = if code.refreshable {
        Some(issue_refresh_token(environment, &code.grant)?)
    } else {
        None
    };
    let id_token = code
        .grant
        .scopes
        .iter()
        .any(|scope| scope == "openid")
        .then(|| environment.id_token(&code.grant, &code.issuer))
        .flatten();
    let token = environment.user_token(&code.grant, key);
    Ok(success(&token, &code.grant.scopes, refresh_token, id_token))
}

fn refresh(
    environment: &Environment,
    caller: &Caller,
    parameters: &Parameters,
    key: Option<&str>,
) -> Result<Response, Refusal> {
    let Some(token) = parameters.get("refresh_token") else {
        return Err(Refusal::new("invalid_request", "refresh_token is missing"));
    };
    let hash = digest::sha256(token);
    let now = time::now();
    let kept = environment
        .store
        .read(|state| state.refresh_tokens.get(&hash).cloned());
    let kept = kept
        .filter(|kept| kept.grant.client == caller.id() && kept.expires > now)
        .ok_or(Refusal::new(
            "invalid_grant",
            "the refresh token is unknown, has expired, or was revoked",
        ))?;
    let mut grant = kept.grant;
    check_resource(environment, parameters, &grant)?;
    let granted = grant.scopes.clone();
    if let Some(narrower) = parameters.get("scope") {
        let narrower: Vec<_> = narrower
            .split_ascii_whitespace()
            .map(str::to_owned)
            .collect();
        if narrower.is_empty() || !narrower.iter().all(|scope| granted.contains(scope)) {
            return Err(Refusal::new(
                "invalid_scope",
                "a scope was not granted before",
            ));
        }
        grant.scopes = narrower;
    }
    // Marking it used and asking whether it was are one step: of two that come at a time, one wins.
    let was_used = environment.store.change(|state| {
        let Some(kept) = state.refresh_tokens.get_mut(&hash) else {
            return true;
        };
        let was_used = std::mem::replace(&mut kept.used, true);
        if was_used {
            state.revoke(&grant.session);
        } else if let Some(sign_in) = state.sessions.get_mut(&grant.session) {
            sign_in.last_active = now;
        }
        was_used
    })?;
    if was_used {
        return Err(Refusal::new(
            "invalid_grant",
            "the refresh token was used before",
        ));
    }
    let fresh = Granted {
        scopes: granted,
        ..grant.clone()
    };
    let fresh = issue_refresh_token(environment, &fresh)?;
    let token = environment.user_token(&grant, key);
    Ok(success(&token, &grant.scopes, Some(fresh), None))
}

fn credentials(
    environment: &Environment,
    caller: Caller,
    parameters: &Parameters,
    key: Option<&str>,
) -> Result<Response, Refusal> {
    let Caller::Known(client) = caller else {
        return Err(Refusal::new(
            "unauthorized_client",
            "a client without a secret has no token of its own",
        ));
    };
    let scopes = match (client.kind, parameters.get("scope")) {
        (Kind::Environment, None) => vec!["openid".to_owned()],
        (_, asked) => environment.scopes(asked).ok_or(Refusal::new(
            "invalid_scope",
            "a scope is not known to this resource",
        ))?,
    };
    let resource = environment
        .resource(parameters.get("resource"))
        .ok_or(Refusal::new(
            "invalid_target",
            "resource is not the URL of this MCP server",
        ))?;
    let token = environment.machine_token(&client, &scopes, &resource, key);
    Ok(success(&token, &scopes, None, None))
}

/// A client may name the resource again, and no other one (RFC 8707, section 2.2).
fn check_resource(
    environment: &Environment,
    parameters: &Parameters,
    grant: &Granted,
) -> Result<(), Refusal> {
    match parameters.get("resource") {
        Some(asked) if asked != grant.resource && environment.resource(Some(asked)).is_none() => {
            Err(Refusal::new(
                "invalid_target",
                "resource is not the URL of this MCP server",
            ))
        }
        Some(asked) if asked != grant.resource && asked != environment.resource_id => {
            Err(Refusal::new(
                "invalid_target",
                "resource is not the one of the authorization request",
            ))
        }
        _ => Ok(()),
    }
}

const SESSION_IS_OVER: Refusal = Refusal::new("invalid_grant", "the session was revoked");

/// A refresh token, unless the session ended: whoever uses a copy of the one before may come between, and no token must come of that.
fn issue_refresh_token(environment: &Environment, grant: &Granted) -> Result<String, Refusal> {
    let token = random::secret();
    let kept = RefreshToken {
        grant: grant.clone(),
        expires: time::now().saturating_add(environment.policy().refresh_lifetime.as_secs()),
        used: false,
    };
    let is_revoked = environment.store.change(|state| {
        let is_revoked = state.is_revoked(&grant.session);
        if !is_revoked {
            state.refresh_tokens.insert(digest::sha256(&token), kept);
            state.tidy();
        }
        is_revoked
    })?;
    if is_revoked {
        return Err(SESSION_IS_OVER);
    }
    Ok(token)
}

fn success(
    token: &AccessToken,
    scopes: &[String],
    refresh_token: Option<String>,
    id_token: Option<String>,
) -> Response {
    let mut body = json!({
        "access_token": token.text,
        "token_type": token.kind,
        "expires_in": token.lifetime,
        "scope": scopes.join(" "),
    });
    if let Some(refresh_token) = refresh_token {
        body["refresh_token"] = json!(refresh_token);
    }
    if let Some(id_token) = id_token {
        body["id_token"] = json!(id_token);
    }
    reply::json(StatusCode::OK, &body)
}
