//! An organization.

use std::{collections::BTreeMap, time::SystemTime};

use serde::Deserialize;

use super::field;

/// An organization: a tenant of the application. Members that are not known here are left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// Like `org_123`.
    pub id: String,
    /// Its name, as people see it.
    #[serde(default, deserialize_with = "field::or_default")]
    pub display_name: String,
    /// The application's own id of it.
    #[serde(default, deserialize_with = "field::filled")]
    pub external_id: Option<String>,
    /// Where its data are, like `US` or `EU`.
    #[serde(default, deserialize_with = "field::filled")]
    pub region_code: Option<String>,
    /// When it was made.
    #[serde(default, deserialize_with = "field::time")]
    pub create_time: Option<SystemTime>,
    /// When it was last changed.
    #[serde(default, deserialize_with = "field::time")]
    pub update_time: Option<SystemTime>,
    /// What the application keeps with it.
    #[serde(default, deserialize_with = "field::or_default")]
    pub metadata: BTreeMap<String, String>,
    /// What is switched on.
    #[serde(default, deserialize_with = "field::or_default")]
    pub settings: OrganizationSettings,
    /// A short name for URLs.
    #[serde(default, deserialize_with = "field::filled")]
    pub slug: Option<String>,
    /// Its logo.
    #[serde(default, deserialize_with = "field::filled")]
    pub logo_url: Option<String>,
}

/// What is switched on for an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct OrganizationSettings {
    /// The features, on and off.
    #[serde(default, deserialize_with = "field::or_default")]
    pub features: Vec<Feature>,
}

/// A feature of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Feature {
    /// Like `sso` or `dir_sync`.
    pub name: String,
    /// Whether it is on.
    #[serde(default, deserialize_with = "field::or_default")]
    pub enabled: bool,
}
