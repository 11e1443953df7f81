//! At most so many header fields per request. hyper has such a limit too, but setting it costs an allocation per request, and it
//! covers HTTP/1 only; its own 100 on the stack stays as the outer bound.

use axum::{
    http::{Request, StatusCode},
    response::Response,
};

use super::{
    arrival::Knows,
    gate::Check,
    refusal::{INVALID_REQUEST, refusal},
};

/// 431 for requests with more header fields than this.
pub(super) struct HeaderCount(pub(super) usize);

impl Check for HeaderCount {
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response> {
        if request.headers().len() <= self.0 {
            return None;
        }
        let message = format!(
            "the request has more than {} header fields, see [http.limits] headers",
            self.0
        );
        Some(refusal(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            INVALID_REQUEST,
            &message,
        ))
    }
}
