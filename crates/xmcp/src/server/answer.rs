//! A response's text and status, on its way out of the endpoint.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A response's text and status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) message: Bytes,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.message));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        response
    }
}
