//! Who signs, for whom, and with which key.

use std::fmt;

use super::Keys;
use crate::{
    ConfigError, Problem,
    terms::{self, Terms},
};

/// What a token must say and by which key it must be signed.
///
/// ```
/// use std::time::Duration;
/// use xmcp_auth::{Algorithm, jwt::{JwtConfig, Keys}};
///
/// let keys = Keys::set("https://backend.example.com/keys", [Algorithm::Es256])?;
/// let config = JwtConfig::new("https://backend.example.com", "https://notes.example.com/mcp", keys)?
///     .max_lifetime(Duration::from_secs(60 * 60));
/// # let _ = config;
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
pub struct JwtConfig {
    pub(super) issuer: String,
    pub(super) keys: Keys,
    pub(super) authorization_server: Option<String>,
    pub(super) terms: Terms,
}

impl JwtConfig {
    /// Tokens whose `iss` is this to the letter, whose `aud` has this, and which one of these keys signed.
    ///
    /// An audience that is a URL is the same in any case of scheme and host, and with or without a `/` at the end.
    ///
    /// # Errors
    ///
    /// Issuer or audience is empty.
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Keys,
    ) -> Result<Self, ConfigError> {
        let (issuer, audience) = (issuer.into(), audience.into());
        let mut problems = Vec::new();
        if issuer.trim().is_empty() {
            problems.push(Problem::Empty("issuer"));
        }
        if audience.trim().is_empty() {
            problems.push(Problem::Empty("audience"));
        }
        let terms = Terms {
            audiences: vec![audience],
            ..Terms::default()
        };
        ConfigError::unless_none(
            problems,
            Self {
                issuer,
                keys,
                authorization_server: None,
                terms,
            },
        )
    }

    terms::methods!();

    /// With another audience that is good too.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.terms.audiences.push(audience.into());
        self
    }

    /// With an authorization server from which clients get such tokens. The metadata of the resource names it (RFC 9728).
    #[must_use]
    pub fn authorization_server(mut self, issuer: impl Into<String>) -> Self {
        self.authorization_server = Some(issuer.into());
        self
    }
}

impl fmt::Debug for JwtConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JwtConfig")
            .field("issuer", &self.issuer)
            .field("audiences", &self.terms.audiences)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}
