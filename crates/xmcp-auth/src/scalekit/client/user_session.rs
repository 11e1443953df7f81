//! Where a user is signed in.

use std::time::SystemTime;

use serde::Deserialize;

use super::field;

/// Where a user is signed in: what the claim `sid` of the user's tokens names. Members that are not known here are left out.
///
/// It is not [`Session`](crate::Session), which is a caller of this server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserSession {
    /// Like `ses_123`.
    pub session_id: String,
    /// Who is signed in.
    #[serde(default, deserialize_with = "field::or_default")]
    pub user_id: String,
    /// For which organization.
    #[serde(default, deserialize_with = "field::filled")]
    pub organization_id: Option<String>,
    /// `active`, `expired`, `revoked`, or another word of Scalekit's.
    #[serde(default, deserialize_with = "field::or_default")]
    pub status: String,
    /// When it began.
    #[serde(default, deserialize_with = "field::time")]
    pub created_at: Option<SystemTime>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "field::time")]
    pub updated_at: Option<SystemTime>,
    /// When it was last used.
    #[serde(default, deserialize_with = "field::time")]
    pub last_active_at: Option<SystemTime>,
    /// When it ends if nobody uses it.
    #[serde(default, deserialize_with = "field::time")]
    pub idle_expires_at: Option<SystemTime>,
    /// When it ends at the latest.
    #[serde(default, deserialize_with = "field::time")]
    pub absolute_expires_at: Option<SystemTime>,
    /// When it ended by itself.
    #[serde(default, deserialize_with = "field::time")]
    pub expired_at: Option<SystemTime>,
    /// When the user ended it, or somebody else did.
    #[serde(default, deserialize_with = "field::time")]
    pub logout_at: Option<SystemTime>,
    /// The organizations that the user signed in for.
    #[serde(default, deserialize_with = "field::or_default")]
    pub authenticated_organizations: Vec<String>,
    /// The clients that the user signed in with.
    #[serde(default, deserialize_with = "field::or_default")]
    pub authenticated_clients: Vec<AuthenticatedClient>,
}

impl UserSession {
    /// Whether it has not ended.
    pub fn is_active(&self) -> bool {
        self.status.eq_ignore_ascii_case("active")
    }
}

/// A client that a user signed in with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AuthenticatedClient {
    /// Its id.
    pub client_id: String,
    /// For which organization.
    #[serde(default, deserialize_with = "field::filled")]
    pub organization_id: Option<String>,
}
