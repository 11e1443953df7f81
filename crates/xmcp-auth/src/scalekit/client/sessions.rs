//! Calls about where users are signed in.

use http::Method;
use serde::Deserialize;

use super::{List, Route, Scalekit, ScalekitError, UserSession, field, read};

/// Calls about where users are signed in, from [`Scalekit::sessions`].
#[derive(Debug, Clone, Copy)]
pub struct Sessions<'a>(pub(super) &'a Scalekit);

#[derive(Deserialize)]
struct Revoked {
    revoked_session: UserSession,
}

#[derive(Deserialize)]
struct AllRevoked {
    #[serde(default, deserialize_with = "field::or_default")]
    revoked_sessions: Vec<UserSession>,
}

impl Sessions<'_> {
    /// The session of this id.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::NotFound`] if there is none; see [`ScalekitError`] for the others.
    pub async fn get(&self, id: &str) -> Result<UserSession, ScalekitError> {
        self.0
            .get(&Route::to("sessions").id("a session", id)?)
            .await
    }

    /// All sessions of a user.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::Id`] if that cannot be the id of a user.
    pub fn of_user(&self, user_id: &str) -> Result<List<UserSession>, ScalekitError> {
        let route = Route::to("users").id("a user", user_id)?;
        Ok(List::new(self.0, route.word("sessions")))
    }

    /// Ends a session. Tokens that are out live on until they expire, unless a [`Revocation`](crate::Revocation) hook asks.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`].
    pub async fn revoke(&self, id: &str) -> Result<UserSession, ScalekitError> {
        let route = Route::to("sessions").id("a session", id)?.word("revoke");
        let answer = self.0.send(Method::POST, &route, None).await?;
        Ok(read::<Revoked>(&answer)?.revoked_session)
    }

    /// Ends all sessions of a user, and says which.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`].
    pub async fn revoke_all(&self, user_id: &str) -> Result<Vec<UserSession>, ScalekitError> {
        let route = Route::to("users").id("a user", user_id)?;
        let route = route.word("sessions").word("revoke");
        let answer = self.0.send(Method::POST, &route, None).await?;
        Ok(read::<AllRevoked>(&answer)?.revoked_sessions)
    }
}
