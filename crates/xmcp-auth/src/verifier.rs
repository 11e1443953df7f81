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
    /// Not three parts of base64url, a header or claims that are no JSON object or name a member twice, or too long.
    #[error("not a signed JWT")]
    Malformed,
    /// A parameter of the header is missing, not what it must be, or one that no token for us may have.
    #[error("header parameter `{0}` is not acceptable")]
    Header(&'static str),
    /// The header names an algorithm that configuration does not.
    #[error("algorithm `{0}` is not in use here")]
    Algorithm(String),
    /// The authorization server has no key of this id for this algorithm.
    #[error("key `{0}` is not known")]
    UnknownKey(String),
    /// The header names no key, and there is more than one, or none, to choose from.
    #[error("no key is named")]
    NoKeyId,
    /// The signature is not that key's.
    #[error("the signature is wrong")]
    Signature,
    /// A claim that must be there is missing, or is not what it must be.
    #[error("claim `{0}` is missing or not what it must be")]
    Claim(&'static str),
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `iat` is still to come.
    #[error("the token was issued in the future")]
    IssuedInFuture,
    /// From `iat` to `exp` is longer than configuration allows, or less than nothing.
    #[error("the token's lifetime is out of bounds")]
    Lifetime,
    /// `iss` is not one of the issuers in configuration.
    #[error("the issuer is not trusted")]
    Issuer,
    /// The token was made for others. What it names, the first few, each cut short.
    #[error("audience {found:?} is not this resource")]
    Audience {
        /// The audiences of the token.
        found: Vec<String>,
    },
    /// The revocation hook says so.
    #[error("the token was revoked")]
    Revoked,
}

impl Reason {
    /// The audiences a token names, as a log may have them.
    pub(crate) fn audience(found: &[&str]) -> Self {
        Self::Audience {
            found: found
                .iter()
                .take(4)
                .map(|name| Self::excerpt(name))
                .collect(),
        }
    }

    /// A stranger's text as a log may have it: cut short, and nothing in it that a terminal obeys.
    pub(crate) fn excerpt(text: &str) -> String {
        text.chars()
            .flat_map(char::escape_default)
            .take(64)
            .collect()
    }
}
