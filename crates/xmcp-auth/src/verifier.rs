//! What turns a token into a session, and the ways in which it can refuse.
//!
//! A caller learns the kind of refusal; the log learns the reason.

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::Session;

/// Says whose token it is. One verifier serves all requests of a resource.
///
/// Starts no work at construction and never fails at start: the authorization server may come up later.
pub trait Verifier: Send + Sync + 'static {
    /// The session of this token, or why there is none.
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Session, VerifyError>>;
}

/// Why a token makes no session.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The token is no good: `401` with `invalid_token`.
    #[error("invalid token: {0}")]
    Invalid(Reason),
    /// The token was good once: `401` with `invalid_token` and a text that says so.
    #[error("the token expired")]
    Expired,
    /// Nobody can tell now, for the keys cannot be had: `503`.
    #[error("tokens cannot be verified now")]
    Unavailable {
        /// When asking again makes sense.
        retry_after: Duration,
    },
}

/// Why a token is no good. For the log only; holds nothing of the token but what is named here, bounded and escaped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Not three parts of base64url, a header or claims that are no JSON object, or too long.
    #[error("not a signed JWT")]
    Malformed,
    /// A claim that must be there is missing, or has the wrong type.
    #[error("claim `{0}` is missing or not what it must be")]
    Claim(&'static str),
    /// The token was made for others. What it names, the first few, each cut short.
    #[error("audience {found:?} is not this resource")]
    Audience {
        /// The audiences of the token.
        found: Vec<String>,
    },
}
