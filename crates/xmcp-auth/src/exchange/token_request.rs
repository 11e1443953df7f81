//! What a token is wanted for.

use crate::ScopeSet;

/// The service that a token is wanted for, and what it is to be good for there (RFC 8693, section 2.1).
///
/// A text alone is the audience. Which of the two names of a service an authorization server goes by is its own affair: some know
/// `audience`, others `resource`.
///
/// ```
/// use xmcp_auth::TokenRequest;
///
/// let calendar = TokenRequest::for_resource("https://calendar.example.com").scopes(["events:read"]);
/// let billing = TokenRequest::from("billing");
/// # let _ = (calendar, billing);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRequest {
    pub(super) audience: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) scopes: ScopeSet,
}

impl TokenRequest {
    /// For the service that the authorization server knows by this name.
    pub fn for_audience(audience: impl Into<String>) -> Self {
        Self {
            audience: Some(audience.into()),
            resource: None,
            scopes: ScopeSet::default(),
        }
    }

    /// For the service at this URL (RFC 8707).
    pub fn for_resource(url: impl Into<String>) -> Self {
        Self {
            audience: None,
            resource: Some(url.into()),
            scopes: ScopeSet::default(),
        }
    }

    /// With these scopes there. Without, the authorization server decides.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }
}

impl From<&str> for TokenRequest {
    fn from(audience: &str) -> Self {
        Self::for_audience(audience)
    }
}

impl From<String> for TokenRequest {
    fn from(audience: String) -> Self {
        Self::for_audience(audience)
    }
}
