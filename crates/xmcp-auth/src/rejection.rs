//! A request that is refused before anything of it is done, as status, challenge and body.

use std::time::Duration;

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::{Challenge, Challenges, ScopeSet, VerifyError, challenge};

/// What is said to clients. Nothing else is.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) missing: &'static str,
    pub(crate) invalid: &'static str,
    pub(crate) expired: &'static str,
    pub(crate) insufficient: &'static str,
}

/// Where tokens are taken, among other things perhaps.
pub(crate) const OF_TOKENS: Words = Words {
    missing: "Missing or invalid bearer token",
    invalid: "Token verification failed",
    expired: "The access token expired",
    insufficient: "The access token lacks a required scope",
};

/// Where keys of applications are taken and nothing else.
pub(crate) const OF_KEYS: Words = Words {
    missing: "Missing or invalid API key",
    invalid: "API key verification failed",
    expired: "The API key expired",
    insufficient: "The API key lacks a required scope",
};

const AMBIGUOUS: &str = "More than one credential was sent";
const RATE_LIMITED: &str = "Too many requests, try again later";

pub(crate) const INVALID_PROOF: &str = "The DPoP proof is missing or not good";

/// Why a request does not get through. The client learns this much; the log learns the [`Reason`](crate::Reason).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// No token, or a credential of another scheme: `401` without an error code.
    Missing,
    /// More than one credential: `400`, `invalid_request`.
    Ambiguous,
    /// No good token: `401`, `invalid_token`.
    Invalid,
    /// No good proof of the key that the token is bound to: `401`, `invalid_dpop_proof`.
    InvalidProof,
    /// A token of the past: `401`, `invalid_token`.
    Expired,
    /// A good token that does not allow it: `403`, `insufficient_scope`, with all scopes that the operation needs.
    InsufficientScope(ScopeSet),
    /// Too many bad credentials from this address, or too many requests of this caller: `429` and no challenge, for the credential
    /// was not looked at, or is good.
    RateLimited {
        /// When to come again; whole seconds, at least one.
        retry_after: Duration,
    },
    /// Tokens cannot be verified now: `503` and no challenge, for a client would throw a good token away.
    Unavailable {
        /// When to come again; whole seconds, at least one.
        retry_after: Duration,
    },
}

impl Rejection {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Missing | Self::Invalid | Self::InvalidProof | Self::Expired => {
                StatusCode::UNAUTHORIZED
            }
            Self::Ambiguous => StatusCode::BAD_REQUEST,
            Self::InsufficientScope(_) => StatusCode::FORBIDDEN,
            Self::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The answer, with the challenge that belongs to it. The rejection stands in its extensions, for layers outside.
    pub fn response(&self, challenges: &Challenges) -> Response {
        let words = challenges.words();
        let body = match self {
            Self::Missing => body("unauthorized", words.missing),
            Self::Ambiguous => body("invalid_request", AMBIGUOUS),
            Self::Invalid => body("invalid_token", words.invalid),
            Self::InvalidProof => body("invalid_dpop_proof", INVALID_PROOF),
            Self::Expired => body("invalid_token", words.expired),
            Self::InsufficientScope(scopes) => json!({
                "error": "insufficient_scope",
                "error_description": words.insufficient,
                "required_scopes": scopes.to_vec(),
            }),
            Self::RateLimited { .. } => body("rate_limited", RATE_LIMITED),
            Self::Unavailable { .. } => json!({ "error": "temporarily_unavailable" }),
        };
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self.clone());
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        challenge::no_store(headers);
        if let Some(challenge) = self.challenge(challenges) {
            challenge.write(headers);
        }
        if let Self::RateLimited { retry_after } | Self::Unavailable { retry_after } = self {
            let rounded_up = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(rounded_up.max(1)));
        }
        response
    }

    fn challenge(&self, challenges: &Challenges) -> Option<Challenge> {
        match self {
            Self::Missing => Some(challenges.missing().clone()),
            Self::Ambiguous => Some(challenges.ambiguous().clone()),
            Self::Invalid => Some(challenges.invalid().clone()),
            Self::InvalidProof => Some(challenges.invalid_proof().clone()),
            Self::Expired => Some(challenges.expired().clone()),
            Self::InsufficientScope(scopes) => Some(challenges.insufficient_scope(scopes.iter())),
            Self::RateLimited { .. } | Self::Unavailable { .. } => None,
        }
    }
}

impl From<&VerifyError> for Rejection {
    fn from(error: &VerifyError) -> Self {
        match error {
            VerifyError::Invalid(_) => Self::Invalid,
            VerifyError::Expired => Self::Expired,
            VerifyError::Unavailable { retry_after } => Self::Unavailable {
                retry_after: *retry_after,
            },
        }
    }
}

fn body(error: &str, description: &str) -> serde_json::Value {
    json!({ "error": error, "error_description": description })
}
