//! A verified caller, as handlers see one.
//!
//! 1. A session exists only where something verified the caller, or where a test says so.
//! 2. It holds no token, and prints no more than whose it is.

use std::{sync::Arc, time::SystemTime};

/// A verified caller. Cloning is cheap.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    user_id: String,
    scopes: Vec<String>,
    organization_id: Option<String>,
    expires_at: SystemTime,
    issued_at: SystemTime,
}

impl Session {
    /// A session of a test's making. No request gets one this way.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use xmcp_auth::Session;
    ///
    /// let session = Session::for_test("usr_1").scopes(["greet:read"]).organization_id("org_1").build();
    /// assert_eq!(session.user_id(), "usr_1");
    /// assert!(session.has_scope("greet:read"));
    /// ```
    pub fn for_test(user_id: impl Into<String>) -> SessionBuilder {
        SessionBuilder {
            inner: Inner {
                user_id: user_id.into(),
                scopes: Vec::new(),
                organization_id: None,
                expires_at: SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_102_444_800),
                issued_at: SystemTime::UNIX_EPOCH,
            },
        }
    }

    /// Who it is: the token's `sub`.
    pub fn user_id(&self) -> &str {
        &self.inner.user_id
    }

    /// What the token allows, in the order it says so.
    pub fn scopes(&self) -> &[String] {
        &self.inner.scopes
    }

    /// Whether the token allows this, to the letter.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.inner.scopes.iter().any(|granted| granted == scope)
    }

    /// The organization the caller acts for.
    pub fn organization_id(&self) -> Option<&str> {
        self.inner.organization_id.as_deref()
    }

    /// When the session ends.
    pub fn expires_at(&self) -> SystemTime {
        self.inner.expires_at
    }

    /// When the token was issued.
    pub fn issued_at(&self) -> SystemTime {
        self.inner.issued_at
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("user_id", &self.inner.user_id)
            .finish_non_exhaustive()
    }
}

/// A test's session in the making.
#[derive(Clone)]
pub struct SessionBuilder {
    inner: Inner,
}

impl SessionBuilder {
    /// With these scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.inner.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// In this organization.
    #[must_use]
    pub fn organization_id(mut self, organization_id: impl Into<String>) -> Self {
        self.inner.organization_id = Some(organization_id.into());
        self
    }

    /// Issued then.
    #[must_use]
    pub fn issued_at(mut self, issued_at: SystemTime) -> Self {
        self.inner.issued_at = issued_at;
        self
    }

    /// Over then. Year 2100 unless said otherwise.
    #[must_use]
    pub fn expires_at(mut self, expires_at: SystemTime) -> Self {
        self.inner.expires_at = expires_at;
        self
    }

    /// The session.
    pub fn build(self) -> Session {
        Session {
            inner: Arc::new(self.inner),
        }
    }
}

impl std::fmt::Debug for SessionBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("SessionBuilder")
            .field("user_id", &self.inner.user_id)
            .finish_non_exhaustive()
    }
}
