//! Answers, with the headers that each kind of them needs.

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

/// A document that anybody may read and keep for a while.
pub(crate) fn document(value: &Value) -> Response {
    let mut response = json(StatusCode::OK, value);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=60"),
    );
    response
}

/// JSON that nobody may keep.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response {
    with(status, "application/json", value.to_string())
}

/// A short text that nobody may keep.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    with(status, "text/plain; charset=utf-8", text.into())
}

/// An error of an OAuth endpoint (RFC 6749, section 5.2). The description is ours and holds nothing of the request.
pub(crate) fn oauth_error(status: StatusCode, error: &str, description: &str) -> Response {
    json(
        status,
        &json!({ "error": error, "error_description": description }),
    )
}

/// An error of the REST interface: a code of gRPC, and details.
pub(crate) fn rest_error(status: StatusCode, error_code: &str, message: &str) -> Response {
    let code = match status {
        StatusCode::BAD_REQUEST => 3,
        StatusCode::NOT_FOUND => 5,
        StatusCode::CONFLICT => 6,
        StatusCode::FORBIDDEN => 7,
        StatusCode::TOO_MANY_REQUESTS => 8,
        StatusCode::UNAUTHORIZED => 16,
        _ => 13,
    };
    let details = json!([{
        "@type": "type.googleapis.com/scalekit.v1.errdetails.ErrorInfo",
        "error_code": error_code,
    }]);
    json(
        status,
        &json!({ "code": code, "message": message, "details": details }),
    )
}

/// 429 as the environment's limit answers it.
pub(crate) fn rate_limited(seconds: u64) -> Response {
    let mut response = rest_error(
        StatusCode::TOO_MANY_REQUESTS,
        "RATE_LIMITED",
        "too many requests to this environment",
    );
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn with(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
