//! Who may use the REST interface, and how often.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, StatusCode, header};

use crate::{
    environment::{Environment, Shared},
    jwt, reply, time,
};

pub(super) async fn layer(
    State(environment): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(seconds) = environment.rate_limit() {
        return reply::rate_limited(seconds);
    }
    if is_environments_own(&environment, request.headers()) {
        next.run(request).await
    } else {
        reply::rest_error(
            StatusCode::UNAUTHORIZED,
            "UNAUTHENTICATED",
            "a token of the environment's credentials is required",
        )
    }
}

/// Whether the headers bring a token of the environment's own credentials.
pub(crate) fn is_environments_own(environment: &Environment, headers: &HeaderMap) -> bool {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    token.is_some_and(|token| {
        environment.store.read(|state| {
            let own = &state.built_in.environment;
            jwt::decode(token, &state.keys).is_some_and(|claims| {
                let is_ours = claims["aud"]
                    .as_array()
                    .is_some_and(|all| all.iter().any(|it| it == own));
                is_ours && claims["exp"].as_u64().is_some_and(|exp| exp > time::now())
            })
        })
    })
}
