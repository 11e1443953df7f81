//! A user, and what the user is in organizations.

use std::{collections::BTreeMap, time::SystemTime};

use serde::Deserialize;

use super::field;

/// A user. Members that are not known here are left out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Like `usr_123`.
    pub id: String,
    /// The e-mail address.
    #[serde(default, deserialize_with = "field::filled")]
    pub email: Option<String>,
    /// The application's own id of the user.
    #[serde(default, deserialize_with = "field::filled")]
    pub external_id: Option<String>,
    /// When the user was made.
    #[serde(default, deserialize_with = "field::time")]
    pub create_time: Option<SystemTime>,
    /// When the user was last changed.
    #[serde(default, deserialize_with = "field::time")]
    pub update_time: Option<SystemTime>,
    /// When the user last signed in.
    #[serde(default, deserialize_with = "field::time")]
    pub last_login_time: Option<SystemTime>,
    /// What the application keeps with the user.
    #[serde(default, deserialize_with = "field::or_default")]
    pub metadata: BTreeMap<String, String>,
    /// The organizations that the user belongs to.
    #[serde(default, deserialize_with = "field::or_default")]
    pub memberships: Vec<Membership>,
    /// Who the user is.
    #[serde(default, deserialize_with = "field::or_default")]
    pub user_profile: UserProfile,
}

impl User {
    /// What the user is in this organization.
    pub fn membership(&self, organization_id: &str) -> Option<&Membership> {
        let mut all = self.memberships.iter();
        all.find(|membership| membership.organization_id == organization_id)
    }
}

/// What a user is in one organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Membership {
    /// The organization.
    pub organization_id: String,
    /// Whether it counts.
    #[serde(default, deserialize_with = "field::or_default")]
    pub membership_status: MembershipStatus,
    /// The user's roles there.
    #[serde(default, deserialize_with = "field::or_default")]
    pub roles: Vec<Role>,
    /// What the user may do there.
    #[serde(default, deserialize_with = "field::or_default")]
    pub permissions: Vec<String>,
    /// The organization's name.
    #[serde(default, deserialize_with = "field::filled")]
    pub name: Option<String>,
    /// The organization's name, as people see it.
    #[serde(default, deserialize_with = "field::filled")]
    pub display_name: Option<String>,
    /// What the application keeps with it.
    #[serde(default, deserialize_with = "field::or_default")]
    pub metadata: BTreeMap<String, String>,
    /// When the user joined.
    #[serde(default, deserialize_with = "field::time")]
    pub join_time: Option<SystemTime>,
    /// When the invitation was accepted.
    #[serde(default, deserialize_with = "field::time")]
    pub accepted_at: Option<SystemTime>,
    /// When the membership was made.
    #[serde(default, deserialize_with = "field::time")]
    pub created_at: Option<SystemTime>,
    /// When the invitation ends.
    #[serde(default, deserialize_with = "field::time")]
    pub expires_at: Option<SystemTime>,
    /// Who invited the user.
    #[serde(default, deserialize_with = "field::filled")]
    pub inviter_email: Option<String>,
    /// How the user came there.
    #[serde(default, deserialize_with = "field::filled")]
    pub provisioning_method: Option<String>,
}

/// Whether a membership counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[non_exhaustive]
pub enum MembershipStatus {
    /// It does.
    Active,
    /// It does not.
    Inactive,
    /// The user has not accepted yet.
    PendingInvite,
    /// The user did not accept in time.
    InviteExpired,
    /// Something that is not known here.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A role in an organization.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Its id.
    #[serde(default, deserialize_with = "field::or_default")]
    pub id: String,
    /// Its name, as tokens have it.
    #[serde(default, deserialize_with = "field::or_default")]
    pub name: String,
    /// Its name, as people see it.
    #[serde(default, deserialize_with = "field::filled")]
    pub display_name: Option<String>,
}

/// Who a user is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct UserProfile {
    /// Like `usp_123`.
    #[serde(default, deserialize_with = "field::filled")]
    pub id: Option<String>,
    /// The whole name.
    #[serde(default, deserialize_with = "field::filled")]
    pub name: Option<String>,
    /// The first name.
    #[serde(default, deserialize_with = "field::filled")]
    pub given_name: Option<String>,
    /// The last name.
    #[serde(default, deserialize_with = "field::filled")]
    pub family_name: Option<String>,
    /// The name that the user goes by.
    #[serde(default, deserialize_with = "field::filled")]
    pub preferred_username: Option<String>,
    /// Whether the e-mail address is the user's.
    #[serde(default, deserialize_with = "field::or_default")]
    pub email_verified: bool,
    /// A picture of the user.
    #[serde(default, deserialize_with = "field::filled")]
    pub picture: Option<String>,
    /// Language and region, like `en-US`.
    #[serde(default, deserialize_with = "field::filled")]
    pub locale: Option<String>,
    /// The telephone number.
    #[serde(default, deserialize_with = "field::filled")]
    pub phone_number: Option<String>,
    /// Whether the telephone number is the user's.
    #[serde(default, deserialize_with = "field::or_default")]
    pub phone_number_verified: bool,
    /// The gender.
    #[serde(default, deserialize_with = "field::filled")]
    pub gender: Option<String>,
    /// Groups of the directory that the user comes from.
    #[serde(default, deserialize_with = "field::or_default")]
    pub groups: Vec<String>,
    /// What the directory says besides.
    #[serde(default, deserialize_with = "field::or_default")]
    pub custom_attributes: BTreeMap<String, String>,
    /// Where else the user has an account.
    #[serde(default, deserialize_with = "field::or_default")]
    pub external_identities: Vec<ExternalIdentity>,
    /// What the application keeps with the profile.
    #[serde(default, deserialize_with = "field::or_default")]
    pub metadata: BTreeMap<String, String>,
}

/// An account that a user has elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct ExternalIdentity {
    /// The connection by which the user comes from there.
    #[serde(default, deserialize_with = "field::filled")]
    pub connection_id: Option<String>,
    /// What kind of account it is.
    #[serde(default, deserialize_with = "field::filled")]
    pub connection_type: Option<String>,
    /// Who has it.
    #[serde(default, deserialize_with = "field::filled")]
    pub connection_provider: Option<String>,
    /// The user's id there.
    #[serde(default, deserialize_with = "field::filled")]
    pub connection_user_id: Option<String>,
}
