//! What an endpoint of OAuth says to a request that it refuses (RFC 6749, section 5.2).

use std::io;

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use crate::reply;

/// Why there is no token, or nothing said of one.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

impl Refusal {
    pub(crate) const fn new(error: &'static str, description: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description,
        }
    }

    pub(crate) const fn client(description: &'static str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_client",
            description,
        }
    }

    /// As an answer. A client that did not prove who it is learns how to.
    pub(crate) fn response(&self) -> Response {
        let mut response = reply::oauth_error(self.status, self.error, self.description);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"token endpoint\""),
            );
        }
        response
    }
}

impl From<io::Error> for Refusal {
    fn from(_: io::Error) -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            error: "server_error",
            description: "the state cannot be written",
        }
    }
}
