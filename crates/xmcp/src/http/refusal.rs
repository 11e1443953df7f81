//! The body of every answer that the server gives before or instead of a route: a JSON-RPC error without an id, because no
//! message has been read when it is given. What cannot be a message at all, by its path or its method, is answered without
//! JSON-RPC.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

/// JSON-RPC: the request is not one that this server takes.
pub(crate) const INVALID_REQUEST: i32 = -32600;
/// JSON-RPC: the server failed, the request may be fine.
pub(crate) const INTERNAL_ERROR: i32 = -32603;
/// JSON-RPC, server-defined: the server is busy or going down, the same request may be fine later.
pub(crate) const UNAVAILABLE: i32 = -32000;

/// An answer of `status` with a JSON-RPC error in it.
pub(crate) fn refusal(status: StatusCode, code: i32, message: &str) -> Response {
    json_response(
        status,
        json!({"jsonrpc": "2.0", "error": {"code": code, "message": message}}).to_string(),
    )
}

/// An answer to a request that is none of MCP's: what is wrong as a word for programs, and as a sentence.
pub(crate) fn plain_refusal(status: StatusCode, error: &str, description: &str) -> Response {
    json_response(
        status,
        json!({"error": error, "error_description": description}).to_string(),
    )
}

/// An answer of `status` with JSON that is already text.
pub(super) fn json_response(status: StatusCode, json: String) -> Response {
    let mut response = Response::new(Body::from(json));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// 429 for a caller that has its share of what others want too, with the time after which trying again makes sense.
pub(crate) fn too_many_of_caller(message: &str) -> Response {
    again_in_a_second(refusal(StatusCode::TOO_MANY_REQUESTS, UNAVAILABLE, message))
}

/// 503 with the time after which trying again makes sense.
pub(crate) fn busy(message: &str) -> Response {
    again_in_a_second(refusal(
        StatusCode::SERVICE_UNAVAILABLE,
        UNAVAILABLE,
        message,
    ))
}

fn again_in_a_second(mut response: Response) -> Response {
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
