//! Calls about organizations.

use http::Method;
use serde::Deserialize;

use super::{
    List, NewOrganization, Organization, OrganizationChanges, Refusal, Route, Scalekit,
    ScalekitError,
};

const WHAT: &str = "an organization";

/// Calls about organizations, from [`Scalekit::organizations`].
#[derive(Debug, Clone, Copy)]
pub struct Organizations<'a>(pub(super) &'a Scalekit);

#[derive(Deserialize)]
struct One {
    organization: Organization,
}

impl Organizations<'_> {
    /// The organization of this id.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::NotFound`] if there is none; see [`ScalekitError`] for the others.
    pub async fn get(&self, id: &str) -> Result<Organization, ScalekitError> {
        let route = Route::to("organizations").id(WHAT, id)?;
        Ok(self.0.get::<One>(&route).await?.organization)
    }

    /// The organization that the application knows by this id. It may be any text but an empty one.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::NotFound`] if there is none; see [`ScalekitError`] for the others.
    pub async fn by_external_id(&self, external_id: &str) -> Result<Organization, ScalekitError> {
        if external_id.is_empty() {
            return Err(ScalekitError::Id {
                what: WHAT,
                id: String::new(),
            });
        }
        // By the list, where the id is a parameter of the query and not a part of the path.
        let route = Route::to("organizations").query("external_id", external_id);
        let page = List::<Organization>::new(self.0, route).page().await?;
        let mut found = page.items.into_iter();
        found
            .find(|organization| organization.external_id.as_deref() == Some(external_id))
            .ok_or_else(|| {
                ScalekitError::NotFound(Refusal::nothing("no organization has this external id"))
            })
    }

    /// All organizations of the environment.
    pub fn list(&self) -> List<Organization> {
        List::new(self.0, Route::to("organizations"))
    }

    /// Makes an organization.
    ///
    /// # Errors
    ///
    /// [`ScalekitError::Invalid`] if another one has its external id; see [`ScalekitError`] for the others.
    pub async fn create(
        &self,
        organization: &NewOrganization,
    ) -> Result<Organization, ScalekitError> {
        let route = Route::to("organizations");
        let made: One = self.0.with_body(Method::POST, &route, organization).await?;
        Ok(made.organization)
    }

    /// Changes an organization, and says what it is then.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`].
    pub async fn update(
        &self,
        id: &str,
        changes: &OrganizationChanges,
    ) -> Result<Organization, ScalekitError> {
        let route = Route::to("organizations").id(WHAT, id)?;
        let changed: One = self.0.with_body(Method::PATCH, &route, changes).await?;
        Ok(changed.organization)
    }

    /// Deletes an organization, with all that belongs to it.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`].
    pub async fn delete(&self, id: &str) -> Result<(), ScalekitError> {
        let route = Route::to("organizations").id(WHAT, id)?;
        self.0.send(Method::DELETE, &route, None).await.map(drop)
    }
}
