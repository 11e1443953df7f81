//! A token for another service.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::HeaderValue;

use crate::{ScopeSet, Secret};

/// A bearer token for another service, in the name of the caller. Cloning is cheap; `Debug` shows nothing of it.
#[derive(Clone)]
pub struct AccessToken(Arc<Inner>);

struct Inner {
    text: Secret,
    authorization: HeaderValue,
    expires_at: Option<SystemTime>,
    scopes: ScopeSet,
}

impl AccessToken {
    /// `None` for a text that cannot stand in a header (RFC 6750, section 2.1).
    pub(super) fn new(
        text: &str,
        expires_at: Option<SystemTime>,
        scopes: ScopeSet,
    ) -> Option<Self> {
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_token) {
            return None;
        }
        let mut authorization = HeaderValue::try_from(format!("Bearer {text}")).ok()?;
        authorization.set_sensitive(true);
        Some(Self(Arc::new(Inner {
            text: Secret::new(text),
            authorization,
            expires_at,
            scopes,
        })))
    }

    /// The token itself, for the request to the service.
    pub fn expose(&self) -> &str {
        self.0.text.expose()
    }

    /// The value of `Authorization` for the request to the service, marked as sensitive.
    pub fn authorization(&self) -> HeaderValue {
        self.0.authorization.clone()
    }

    /// When it ends, if the authorization server said so.
    pub fn expires_at(&self) -> Option<SystemTime> {
        self.0.expires_at
    }

    /// What it is good for at the service: what was asked for, unless the authorization server gave something else.
    pub fn scopes(&self) -> &ScopeSet {
        &self.0.scopes
    }

    /// Whether it is still good for so long.
    pub(super) fn lasts(&self, now: SystemTime, margin: Duration) -> bool {
        let end = now.checked_add(margin);
        self.expires_at()
            .is_some_and(|expires_at| end.is_some_and(|end| end < expires_at))
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(****)")
    }
}
