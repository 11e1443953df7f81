//! What an organization is to be.

use std::collections::BTreeMap;

use serde::Serialize;

/// An organization that is to be made.
///
/// ```
/// use xmcp_auth::scalekit::NewOrganization;
///
/// let organization = NewOrganization::new("Analytical Engines").external_id("tenant-42").metadata("plan", "gold");
/// # let _ = organization;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use = "nothing is made before `create`"]
pub struct NewOrganization {
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: BTreeMap<String, String>,
}

impl NewOrganization {
    /// One of this name.
    pub fn new(display_name: impl Into<String>) -> Self {
        Self {
            display_name: display_name.into(),
            external_id: None,
            metadata: BTreeMap::new(),
        }
    }

    /// With the application's own id of it.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// With one thing more that the application keeps with it.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(name.into(), value.into());
        self
    }
}

/// What is to change of an organization. What is not named stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[must_use = "nothing is changed before `update`"]
pub struct OrganizationChanges {
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BTreeMap<String, String>>,
}

impl OrganizationChanges {
    /// No changes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another name.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display_name = Some(name.into());
        self
    }

    /// Another id of the application's.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// This in place of all that the application kept with it.
    pub fn metadata<N: Into<String>, V: Into<String>>(
        mut self,
        metadata: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let pairs = metadata.into_iter();
        self.metadata = Some(
            pairs
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        );
        self
    }
}
