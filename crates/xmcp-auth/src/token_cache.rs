//! Sessions of tokens that were verified a moment ago.
//!
//! 1. A token is kept as its [`Fingerprint`] and nothing else, so who reads this memory can sign in nowhere.
//! 2. An entry lives at most [`CEILING`], and never beyond the token's own end.
//! 3. It is emptied when keys change. A token that was being verified with the keys before the change is not kept: who verifies
//!    asks for the [`Epoch`] first and hands it in with the session.
//! 4. Refusals are not kept: a stranger could fill any cache with them.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    Clock, Session,
    fingerprint::{ByFingerprint, Fingerprint},
};

/// What a token may be believed without another look.
pub(crate) const CEILING: Duration = Duration::from_secs(30);

const CAPACITY: usize = 10_000;

/// A time between two changes of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

pub(crate) struct TokenCache {
    lifetime: Duration,
    clock: Arc<dyn Clock>,
    entries: RwLock<Entries>,
}

#[derive(Default)]
struct Entries {
    epoch: u64,
    sessions: ByFingerprint<Entry>,
    /// Oldest first, with when it was kept. All live equally long, so the oldest is the one to go.
    order: VecDeque<(Fingerprint, Instant)>,
}

struct Entry {
    session: Session,
    kept_at: Instant,
    expires_at: SystemTime,
}

impl TokenCache {
    /// Keeps a session for this long, or for [`CEILING`] if that is shorter; zero keeps none.
    pub(crate) fn new(lifetime: Duration, clock: Arc<dyn Clock>) -> Self {
        Self {
            lifetime: lifetime.min(CEILING),
            clock,
            entries: RwLock::default(),
        }
    }

    /// To be asked for before keys are, and handed in with what was verified with them.
    pub(crate) fn epoch(&self) -> Epoch {
        Epoch(
            self.entries
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .epoch,
        )
    }

    pub(crate) fn get(&self, token: &Fingerprint) -> Option<Session> {
        if self.lifetime.is_zero() {
            return None;
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.sessions.get(token)?;
        self.is_alive(entry).then(|| entry.session.clone())
    }

    pub(crate) fn insert(&self, token: Fingerprint, session: &Session, epoch: Epoch) {
        let entry = Entry {
            session: session.clone(),
            kept_at: self.clock.instant(),
            expires_at: session.expires_at(),
        };
        if !self.is_alive(&entry) {
            return;
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.epoch != epoch.0 {
            return;
        }
        entries.order.push_back((token, entry.kept_at));
        entries.sessions.insert(token, entry);
        while let Some((oldest, kept_at)) = entries.order.front().copied() {
            // A token that was kept again stands further back once more.
            let entry = entries
                .sessions
                .get(&oldest)
                .filter(|entry| entry.kept_at == kept_at);
            let is_current = entry.is_some();
            if entry.is_some_and(|entry| self.is_alive(entry)) && entries.order.len() <= CAPACITY {
                break;
            }
            entries.order.pop_front();
            if is_current {
                entries.sessions.remove(&oldest);
            }
        }
    }

    /// Forgets everything, and what is being verified now.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        *entries = Entries {
            epoch: entries.epoch + 1,
            ..Entries::default()
        };
    }

    fn is_alive(&self, entry: &Entry) -> bool {
        self.clock
            .instant()
            .saturating_duration_since(entry.kept_at)
            < self.lifetime
            && self.clock.now() < entry.expires_at
    }
}

impl fmt::Debug for TokenCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TokenCache")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Two clocks that a test moves apart.
    struct Clocks {
        start: Instant,
        passed: Mutex<(Duration, Duration)>,
    }

    impl Clock for Clocks {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + self.passed.lock().unwrap().0
        }

        fn instant(&self) -> Instant {
            self.start + self.passed.lock().unwrap().1
        }
    }

    fn cache(lifetime: Duration) -> (TokenCache, Arc<Clocks>) {
        let clocks = Arc::new(Clocks {
            start: Instant::now(),
            passed: Mutex::default(),
        });
        (TokenCache::new(lifetime, clocks.clone()), clocks)
    }

    fn session(expires_at: u64) -> Session {
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(expires_at);
        Session::for_test("usr_1").expires_at(end).build()
    }

    #[test]
    fn an_entry_lives_no_longer_than_30_seconds_nor_than_its_token() {
        let token = Fingerprint::of("token");
        for (expires_at, wall, passed, lives) in [
            (600, 29, 29, true),
            (600, 30, 30, false),
            (10, 9, 9, true),
            (10, 10, 10, false),
            // The wall clock was set back: the other one still counts.
            (600, 0, 30, false),
            // It was set forward: the token is over.
            (600, 600, 1, false),
        ] {
            let (cache, clocks) = cache(Duration::from_secs(3600));
            cache.insert(token, &session(expires_at), cache.epoch());
            *clocks.passed.lock().unwrap() =
                (Duration::from_secs(wall), Duration::from_secs(passed));
            assert_eq!(
                cache.get(&token).is_some(),
                lives,
                "{expires_at} {wall} {passed}"
            );
        }
    }

    #[test]
    fn nothing_is_kept_for_no_time() {
        let (cache, _) = cache(Duration::ZERO);
        let token = Fingerprint::of("token");
        cache.insert(token, &session(600), cache.epoch());
        assert!(cache.get(&token).is_none());
        assert!(cache.entries.read().unwrap().sessions.is_empty());
    }

    #[test]
    fn what_was_verified_with_keys_before_a_change_is_not_kept() {
        let (cache, _) = cache(CEILING);
        let token = Fingerprint::of("token");
        let before = cache.epoch();
        cache.insert(token, &session(600), before);
        cache.clear();
        assert!(cache.get(&token).is_none());
        cache.insert(token, &session(600), before);
        assert!(cache.get(&token).is_none());
        cache.insert(token, &session(600), cache.epoch());
        assert!(cache.get(&token).is_some());
    }

    #[test]
    fn ten_thousand_are_kept_and_the_oldest_goes_first() {
        let (cache, _) = cache(CEILING);
        let token = |number: usize| Fingerprint::of(&number.to_string());
        for number in 0..=CAPACITY {
            cache.insert(token(number), &session(600), cache.epoch());
        }
        assert!(cache.get(&token(0)).is_none());
        assert!(cache.get(&token(1)).is_some());
        assert!(cache.get(&token(CAPACITY)).is_some());
        let entries = cache.entries.read().unwrap();
        assert_eq!(
            (entries.sessions.len(), entries.order.len()),
            (CAPACITY, CAPACITY)
        );
    }

    #[test]
    fn what_is_over_goes_at_the_next_insertion() {
        let (cache, clocks) = cache(CEILING);
        for number in 0..100 {
            cache.insert(
                Fingerprint::of(&number.to_string()),
                &session(600),
                cache.epoch(),
            );
        }
        *clocks.passed.lock().unwrap() = (CEILING, CEILING);
        let again = Fingerprint::of("50");
        cache.insert(again, &session(600), cache.epoch());
        assert!(cache.get(&again).is_some());
        let entries = cache.entries.read().unwrap();
        assert_eq!((entries.sessions.len(), entries.order.len()), (1, 1));
    }
}
