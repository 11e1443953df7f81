//! Why there is no token for another service.

/// Why there is no token for another service. Nothing of any token is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The provider was not told where tokens are exchanged, the caller came with a key and not with a token, or the session is a test's.
    #[error(
        "no token exchange is configured for this caller: `Provider::token_exchange` does that"
    )]
    NotConfigured,
    /// The caller's token is bound to a key (RFC 9449).
    #[error("the caller's token is bound to a key, and such a token is not exchanged")]
    Bound,
    /// The authorization server refuses (RFC 8693, section 2.2.2). `invalid_target` is about the service, `invalid_scope` about the scopes,
    /// `invalid_request` often about the caller's token, `invalid_client` and `unauthorized_client` about the configured client.
    #[error("the authorization server gives no token for this service: `{code}`")]
    Refused {
        /// Its error code, cut short and escaped.
        code: String,
    },
    /// The authorization server cannot be reached, or has a failure of its own, or too many exchanges are under way.
    #[error("no token for this service can be had now")]
    Unavailable,
    /// The authorization server did not answer in time.
    #[error("the authorization server did not answer in time")]
    Timeout,
    /// It answered, and not with a bearer token. Says what is wrong.
    #[error("the authorization server's answer is no bearer token: {0}")]
    Unexpected(&'static str),
}
