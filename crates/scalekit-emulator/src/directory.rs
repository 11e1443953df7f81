//! Who lives in the environment: a few organizations and users, enough to try what differs between them.

use serde::{Deserialize, Serialize};

use crate::time;

/// Organizations and users, in the order in which they are listed.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Directory {
    pub(crate) organizations: Vec<Organization>,
    pub(crate) users: Vec<User>,
}

/// An organization.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) display_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_id: Option<String>,
    #[serde(default)]
    pub(crate) metadata: serde_json::Map<String, serde_json::Value>,
    pub(crate) create_time: u64,
    pub(crate) update_time: u64,
}

/// A user, who may be a member of several organizations or of none.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) create_time: u64,
}

/// What a user is in one organization.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Membership {
    pub(crate) organization_id: String,
    pub(crate) roles: Vec<String>,
    pub(crate) permissions: Vec<String>,
}

impl Directory {
    /// The organizations and users of a new environment.
    pub(crate) fn seeded() -> Self {
        let now = time::now();
        let organization = |id: &str, name: &str, external: &str| Organization {
            id: id.to_owned(),
            display_name: name.to_owned(),
            external_id: Some(external.to_owned()),
            metadata: serde_json::Map::new(),
            create_time: now,
            update_time: now,
        };
        let membership = |organization: &str, role: &str, permissions: &[&str]| Membership {
            organization_id: organization.to_owned(),
            roles: vec![role.to_owned()],
            permissions: permissions.iter().map(|&it| it.to_owned()).collect(),
        };
        let user = |id: &str, given: &str, family: &str, memberships| User {
            id: id.to_owned(),
            email: format!("{}@example.com", given.to_lowercase()),
            given_name: given.to_owned(),
            family_name: family.to_owned(),
            memberships,
            create_time: now,
        };
        Self {
            organizations: vec![
                organization("org_1", "Analytical Engines", "analytical-engines"),
                organization("org_2", "Harbour Works", "harbour-works"),
            ],
            users: vec![
                user(
                    "usr_1",
                    "Ada",
                    "Lovelace",
                    vec![
                        membership("org_1", "admin", &["engines:read", "engines:write"]),
                        membership("org_2", "member", &["ships:read"]),
                    ],
                ),
                user(
                    "usr_2",
                    "Grace",
                    "Hopper",
                    vec![membership("org_2", "admin", &["ships:read", "ships:write"])],
                ),
                user("usr_3", "Alan", "Turing", Vec::new()),
            ],
        }
    }

    pub(crate) fn organization(&self, id: &str) -> Option<&Organization> {
        self.organizations.iter().find(|it| it.id == id)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|it| it.id == id)
    }

    /// The user whom a person means: by id, by e-mail address, or by given name in any case.
    pub(crate) fn named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| {
            user.id == name
                || user.email.eq_ignore_ascii_case(name)
                || user.given_name.eq_ignore_ascii_case(name)
        })
    }

    /// Who signs in as `user` for `organization`, or for the first of the user's when none is named.
    pub(crate) fn subject(&self, user: &str, organization: Option<&str>) -> Option<Subject> {
        let user = self.user(user)?;
        let membership = match organization {
            Some(id) => Some(user.membership(id)?),
            None => user.memberships.first(),
        };
        Some(Subject {
            user: user.id.clone(),
            organization: membership.map(|it| it.organization_id.clone()),
        })
    }

    /// Every user with their organizations, for people who named none of them: `ada (org_1, org_2), alan (none)`.
    pub(crate) fn who_is_where(&self) -> String {
        let where_is = |user: &User| {
            let organizations: Vec<_> = user
                .memberships
                .iter()
                .map(|it| it.organization_id.as_str())
                .collect();
            match organizations.is_empty() {
                true => "none".to_owned(),
                false => organizations.join(", "),
            }
        };
        let users = self.users.iter();
        let users: Vec<_> = users
            .map(|user| format!("{} ({})", user.given_name.to_lowercase(), where_is(user)))
            .collect();
        users.join(", ")
    }
}

impl User {
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    pub(crate) fn membership(&self, organization: &str) -> Option<&Membership> {
        self.memberships
            .iter()
            .find(|it| it.organization_id == organization)
    }
}

/// A user, and the organization for which the user acts.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Subject {
    pub(crate) user: String,
    pub(crate) organization: Option<String>,
}
