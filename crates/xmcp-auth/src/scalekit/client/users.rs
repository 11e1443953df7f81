//! Calls about users.

use serde::Deserialize;

use super::{List, Route, Scalekit, ScalekitError, User};

/// Calls about users, from [`Scalekit::users`].
#[derive(Debug, Clone, Copy)]
pub struct Users<'a>(pub(super) &'a Scalekit);

#[derive(Deserialize)]
struct One {
    user: User,
}

impl Users<'_> {
    /// The user of this id, with the memberships.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::NotFound`] if there is none; see [`ScalekitError`] for the others.
    pub async fn get(&self, id: &str) -> Result<User, ScalekitError> {
        let route = Route::to("users").id("a user", id)?;
        Ok(self.0.get::<One>(&route).await?.user)
    }

    /// All users of the environment.
    pub fn list(&self) -> List<User> {
        List::new(self.0, Route::to("users"))
    }

    /// The members of an organization.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::Id`] if that cannot be the id of an organization.
    pub fn of_organization(&self, organization_id: &str) -> Result<List<User>, ScalekitError> {
        let route = Route::to("organizations").id("an organization", organization_id)?;
        Ok(List::new(self.0, route.word("users")))
    }

    /// The members of an organization whose name or e-mail address has this in it.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::Id`] if that cannot be the id of an organization.
    pub fn search(&self, organization_id: &str, text: &str) -> Result<List<User>, ScalekitError> {
        let route = Route::to("organizations").id("an organization", organization_id)?;
        let route = route.word("users:search").query("query", text);
        Ok(List::new(self.0, route))
    }
}
