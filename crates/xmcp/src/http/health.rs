//! `/health`: whether the process answers. Load balancers and orchestrators ask it by address and without a token, so neither
//! the Host check nor the cap on requests stands before it; it tells nothing but that the server is there.

use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::Response,
    routing::get,
};

use super::refusal::json_response;

/// Where it is asked.
pub(crate) const PATH: &str = "/health";

/// The route, for GET and HEAD.
pub(super) fn router() -> Router {
    Router::new().route(PATH, get(health))
}

async fn health() -> Response {
    let mut response = json_response(StatusCode::OK, String::from(r#"{"status":"ok"}"#));
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
