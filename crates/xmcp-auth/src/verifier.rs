//! What turns a credential into a session, and the ways in which it can refuse.
//!
//! A caller learns the kind of refusal; the log learns the reason.

use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::{Credential, Session};

/// Says whose credential it is. One verifier serves all requests of a resource.
///
/// Starts no work at construction and never fails at start: the authorization server may come up later.
///
/// ```
/// use futures_util::future::BoxFuture;
/// use xmcp_auth::{Credential, Reason, Session, Verifier, VerifyError};
///
/// /// Tokens of a table.
/// struct Table(std::collections::HashMap<String, String>);
///
/// impl Verifier for Table {
///     fn verify<'a>(&'a self, credential: Credential<'a>) -> BoxFuture<'a, Result<Session, VerifyError>> {
///         Box::pin(async move {
///             credential.check_binding(None)?; // no proof of a key comes with these
///             let user = credential.token().and_then(|token| self.0.get(token));
///             let user = user.ok_or(VerifyError::Invalid(Reason::Unknown))?;
///             Ok(Session::builder("https://table.example.com", user).scopes(["notes:read"]).build())
///         })
///     }
/// }
/// ```
pub trait Verifier: Send + Sync + 'static {
    /// The session of this credential, or why there is none.
    ///
    /// A token that is bound to a key is good with the proof of that key alone: see [`Credential::check_binding`].
    fn verify<'a>(
        &'a self,
        credential: Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>>;

    /// The session of a credential that was verified a moment ago and is still good, without any work; none if there is any doubt.
    /// What it says is what [`Verifier::verify`] would say.
    ///
    /// It is asked first at every request, and saves most of them from waiting. Where an address has sent too many bad credentials, these
    /// callers alone still get through.
    fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        let _ = credential;
        None
    }

    /// Whether [`Verifier::remembered_bytes`] answers in the place of [`Verifier::remembered`]: this verifier looks for a digest and does
    /// nothing else, so it may be asked about what no credential can be.
    #[doc(hidden)]
    fn compares_digests(&self) -> bool {
        false
    }

    /// The session of a token that was verified a moment ago. Nobody has looked at these bytes, which need not be a text, and no proof of
    /// a key came with them: whoever asks looks whether the session is bound to one.
    #[doc(hidden)]
    fn remembered_bytes(&self, token: &[u8]) -> Option<Session> {
        let _ = token;
        None
    }
}

/// Why a credential makes no session.
#[derive(Debug, Clone, thiserror::Error)]
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
    /// A claim does not say what configuration wants of it.
    #[error("claim `{0}` does not say what it must say to be let in here")]
    Demand(String),
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
    /// Nobody here knows this credential.
    #[error("the credential is not known")]
    Unknown,
    /// Its authorization server says that it is not active: it is over, was revoked, or never was.
    #[error("the authorization server says that it is not active")]
    Inactive,
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
