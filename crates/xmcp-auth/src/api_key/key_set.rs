//! All keys of a configuration, and the one that a request brought.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use super::{Key, digest::KeyDigest};
use crate::{Clock, Session, token_cache::CEILING};

/// Who vouches for the holders of keys. No authorization server has this name, for theirs are URLs.
const ISSUER: &str = "api-key";

/// Digests, and whose they are.
pub(super) struct KeySet {
    keys: Vec<Held>,
    clock: Arc<dyn Clock>,
    start: Instant,
}

/// A key, and who holds it.
struct Held {
    digest: KeyDigest,
    session: Session,
    /// When it was found last, in milliseconds from 1; 0 for never.
    found_at: AtomicU64,
}

impl KeySet {
    /// Of keys that have no flaw.
    pub(super) fn new(keys: Vec<Key>, clock: Arc<dyn Clock>) -> Self {
        let since = SystemTime::now();
        let ready = keys.into_iter().filter_map(|key| {
            let session = Session::builder(ISSUER, &key.name)
                .client_id(&key.name)
                .scopes(key.scopes.to_vec())
                .roles(key.roles)
                .issued_at(since)
                .build();
            Some(Held {
                digest: key.digest.ok()?,
                session,
                found_at: AtomicU64::new(0),
            })
        });
        Self {
            keys: ready.collect(),
            start: clock.instant(),
            clock,
        }
    }

    /// The holder of the key with this digest.
    pub(super) fn find(&self, digest: &KeyDigest) -> Option<Session> {
        let found = self.find_by(|key| key.is_same(digest))?;
        found.found_at.store(self.now(), Ordering::Relaxed);
        Some(found.session.clone())
    }

    /// The same of a key that was found a moment ago. One that nobody uses is not here to be guessed.
    pub(super) fn remembered(&self, digest: &KeyDigest) -> Option<Session> {
        let found = self.find_by(|key| key.is_same(digest))?;
        let found_at = found.found_at.load(Ordering::Relaxed);
        let passed = Duration::from_millis(self.now().saturating_sub(found_at));
        (found_at > 0 && passed < CEILING).then(|| found.session.clone())
    }

    /// Milliseconds since the start, from 1.
    fn now(&self) -> u64 {
        let passed = self.clock.instant().saturating_duration_since(self.start);
        u64::try_from(passed.as_millis()).map_or(u64::MAX, |passed| passed.saturating_add(1))
    }

    /// Asks of every key, whichever it is: the first and the last take the same time, and so does none.
    fn find_by(&self, mut is_it: impl FnMut(&KeyDigest) -> bool) -> Option<&Held> {
        self.keys
            .iter()
            .fold(None, |found, key| match is_it(&key.digest) {
                true => Some(key),
                false => found,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SystemClock;

    fn set(keys: Vec<Key>) -> KeySet {
        KeySet::new(keys, Arc::new(SystemClock))
    }

    #[test]
    fn k1_a_key_is_compared_with_every_one_whichever_it_is() {
        let text = |number| format!("key-{number}-{}", "x".repeat(16));
        let keys = set((0..9)
            .map(|number| Key::new(format!("k{number}"), text(number)))
            .collect());
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
            assert_eq!(found.map(|key| key.session.user_id()), expected);
            assert_eq!(compared, 9);
            assert_eq!(keys.find(&digest).is_some(), expected.is_some());
        }
    }

    #[test]
    fn the_holder_of_a_key_is_a_machine_with_its_scopes_and_roles() {
        let key = Key::new("ci", "0123456789abcdef")
            .scopes(["a", "b"])
            .roles(["robot"]);
        let session = set(vec![key])
            .find(&KeyDigest::of("0123456789abcdef"))
            .unwrap();
        assert_eq!((session.issuer(), session.user_id()), ("api-key", "ci"));
        assert!(session.is_machine());
        assert_eq!(session.scopes().to_string(), "a b");
        assert_eq!(session.roles(), ["robot"]);
    }
}
