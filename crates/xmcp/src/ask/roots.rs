//! The folders that the person works in.

use std::ops::Deref;

use serde::Deserialize;
use serde_json::Value;

/// A folder or file that a client lets the server know of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Root {
    /// Where it is: a `file://` URI. A stranger's text: check it before anything is read there.
    pub uri: String,
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
}

/// What a client answers to [`Context::roots`](crate::Context::roots): a list, to be used as a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roots(Vec<Root>);

#[derive(Deserialize)]
struct ListRootsResult {
    roots: Vec<Root>,
}

impl Roots {
    pub(super) fn parse(answer: &Value) -> Option<Self> {
        ListRootsResult::deserialize(answer)
            .ok()
            .map(|result| Self(result.roots))
    }
}

impl Deref for Roots {
    type Target = [Root];

    fn deref(&self) -> &[Root] {
        &self.0
    }
}

impl IntoIterator for Roots {
    type Item = Root;
    type IntoIter = std::vec::IntoIter<Root>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Roots {
    type Item = &'a Root;
    type IntoIter = std::slice::Iter<'a, Root>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roots_are_read_as_a_list_and_anything_else_is_none() {
        let roots = Roots::parse(&json!({ "roots": [{ "uri": "file:///a", "name": "A" }, { "uri": "file:///b", "_meta": {} }] })).unwrap();
        let names: Vec<_> = roots
            .iter()
            .map(|root| (root.uri.as_str(), root.name.as_deref()))
            .collect();
        assert_eq!(names, [("file:///a", Some("A")), ("file:///b", None)]);
        for answer in [
            json!(null),
            json!(7),
            json!({}),
            json!({ "roots": {} }),
            json!({ "action": "accept" }),
        ] {
            assert_eq!(Roots::parse(&answer), None, "{answer}");
        }
    }
}
