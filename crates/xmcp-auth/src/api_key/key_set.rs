//! All keys of a configuration, and the one that a request brought.

use std::time::SystemTime;

use super::{Key, digest::KeyDigest};
use crate::Session;

/// Who vouches for the holders of keys. No authorization server has this name, for theirs are URLs.
const ISSUER: &str = "api-key";

/// Digests, and whose they are.
pub(super) struct KeySet(Vec<(KeyDigest, Session)>);

impl KeySet {
    /// Of keys that have no flaw.
    pub(super) fn new(keys: Vec<Key>) -> Self {
        let since = SystemTime::now();
        let ready = keys.into_iter().filter_map(|key| {
            let session = Session::builder(ISSUER, &key.name)
                .client_id(&key.name)
                .scopes(key.scopes.to_vec())
                .roles(key.roles)
                .issued_at(since)
                .build();
            Some((key.digest.ok()?, session))
        });
        Self(ready.collect())
    }

    /// The holder of the key with this digest.
    pub(super) fn find(&self, digest: &KeyDigest) -> Option<Session> {
        self.find_by(|key| key.is_same(digest))
    }

    /// Asks of every key, whichever it is: the first and the last take the same time, and so does none.
    fn find_by(&self, mut is_it: impl FnMut(&KeyDigest) -> bool) -> Option<Session> {
        self.0
            .iter()
            .fold(None, |found, (key, session)| match is_it(key) {
                true => Some(session),
                false => found,
            })
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k1_a_key_is_compared_with_every_one_whichever_it_is() {
        let text = |number| format!("key-{number}-{}", "x".repeat(16));
        let keys = KeySet::new(
            (0..9)
                .map(|number| Key::new(format!("k{number}"), text(number)))
                .collect(),
        );
        for (presented, expected) in [
            (text(0), Some("k0")),
            (text(4), Some("k4")),
            (text(8), Some("k8")),
            (text(9), None),
        ] {
            let digest = KeyDigest::of(&presented);
            let mut compared = 0;
            let found = keys.find_by(|key| {
                compared += 1;
                key.is_same(&digest)
            });
            assert_eq!(found.as_ref().map(Session::user_id), expected);
            assert_eq!(compared, 9);
            assert_eq!(keys.find(&digest).is_some(), expected.is_some());
        }
    }

    #[test]
    fn the_holder_of_a_key_is_a_machine_with_its_scopes_and_roles() {
        let key = Key::new("ci", "0123456789abcdef")
            .scopes(["a", "b"])
            .roles(["robot"]);
        let session = KeySet::new(vec![key])
            .find(&KeyDigest::of("0123456789abcdef"))
            .unwrap();
        assert_eq!((session.issuer(), session.user_id()), ("api-key", "ci"));
        assert!(session.is_machine());
        assert_eq!(session.scopes().to_string(), "a b");
        assert_eq!(session.roles(), ["robot"]);
    }
}
