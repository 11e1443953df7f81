//! The answer for every path that nothing serves. It names the endpoint, because a wrong path in a client's settings is the
//! usual reason to land here.

use axum::{http::StatusCode, response::Response};

use super::refusal::plain_refusal;

/// 404 that says where the endpoint is.
pub(super) fn not_found(endpoint: &str) -> Response {
    let text = format!("nothing is served at this path, the MCP endpoint is `{endpoint}`");
    plain_refusal(StatusCode::NOT_FOUND, "not_found", &text)
}
