//! Under which names an issuer says of a caller what a session tells.

use serde_json::{Map, Value};

use crate::claims;

/// Names of claims on which issuers do not agree. What all of them name alike (`sub`, `scope`) is read under its name alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimNames {
    /// The application: the first of these that is there.
    pub(crate) client: &'static [&'static str],
    /// The organization's id: the first of these that is there. A list says it if it has one member.
    pub(crate) organization: Vec<String>,
    /// The roles: those of all of these. A path leads through objects.
    pub(crate) roles: Vec<Vec<String>>,
}

impl ClaimNames {
    pub(crate) fn client(&self, claims: &Map<String, Value>) -> Option<String> {
        self.client
            .iter()
            .find_map(|name| claims::text(claims, name).map(str::to_owned))
    }

    pub(crate) fn organization(&self, claims: &Map<String, Value>) -> Option<String> {
        self.organization
            .iter()
            .find_map(|name| match claims::texts(claims, name).as_slice() {
                [id] if !id.is_empty() => Some(id.clone()),
                _ => None,
            })
    }

    pub(crate) fn roles(&self, claims: &Map<String, Value>) -> Vec<String> {
        let mut roles = Vec::new();
        for path in &self.roles {
            for role in at(claims, path) {
                if !roles.contains(&role) {
                    roles.push(role);
                }
            }
        }
        roles
    }
}

/// What Scalekit's tokens say, and many others.
impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            client: &["client_id", "azp"],
            organization: ["oid", "org_id"].map(str::to_owned).to_vec(),
            roles: vec![vec!["roles".to_owned()]],
        }
    }
}

/// The texts at the end of a path.
fn at(claims: &Map<String, Value>, path: &[String]) -> Vec<String> {
    match path {
        [] => Vec::new(),
        [name] => claims::texts(claims, name),
        [name, rest @ ..] => match claims.get(name) {
            Some(Value::Object(inner)) => at(inner, rest),
            _ => Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_are_found_at_the_end_of_their_paths() {
        let Value::Object(claims) = json!({
            "roles": ["a", "b"], "realm_access": { "roles": ["b", "c"] }, "one": "d", "https://x.example/roles": ["e"], "tid": "t",
        }) else {
            unreachable!("an object is written above")
        };
        let path = |path: &[&str]| path.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let names = ClaimNames {
            client: &["appid", "one"],
            organization: path(&["org_id", "tid"]),
            roles: vec![
                path(&["roles"]),
                path(&["realm_access", "roles"]),
                path(&["one"]),
                path(&["https://x.example/roles"]),
                path(&["one", "roles"]),
                path(&["missing"]),
                path(&[]),
            ],
        };
        assert_eq!(names.roles(&claims), ["a", "b", "c", "d", "e"]);
        assert_eq!(names.organization(&claims).as_deref(), Some("t"));
        assert_eq!(names.client(&claims).as_deref(), Some("d"));
        let organization = |name: &str| ClaimNames {
            organization: vec![name.to_owned()],
            ..ClaimNames::default()
        };
        let of_list = organization("https://x.example/roles").organization(&claims);
        assert_eq!(of_list.as_deref(), Some("e"));
        assert_eq!(organization("roles").organization(&claims), None);
        assert_eq!(ClaimNames::default().organization(&claims), None);
    }
}
