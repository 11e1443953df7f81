//! Sessions of tokens that were verified a moment ago.
//!
//! 1. A token is kept as its SHA-256 and nothing else.
//! 2. An entry lives at most [`CEILING`], and never beyond the token's own end.
//! 3. It is emptied when keys change. A token that was being verified with the keys before the change is not kept: who verifies
//!    asks for the [`Epoch`] first and hands it in with the session.
//! 4. Refusals are not kept: a stranger could fill any cache with them.

use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime},
};

use aws_lc_rs::digest;

use crate::{Clock, Session};

/// What a token may be believed without another look.
pub(crate) const CEILING: Duration = Duration::from_secs(30);

const CAPACITY: usize = 10_000;

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Fingerprint([u8; 32]);

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
    sessions: HashMap<Fingerprint, Entry>,
    /// Oldest first, with when it was kept. All live equally long, so the oldest is the one to go.
    order: VecDeque<(Fingerprint, Instant)>,
}

struct Entry {
    session: Session,
    kept_at: Instant,
    expires_at: SystemTime,
}

impl Fingerprint {
    pub(crate) fn of(token: &str) -> Self {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
        Self(fingerprint)
    }
}

/// The first 32 bits: enough to find a token's lines in a log, useless for anything else.
impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..4]
            .iter()
            .try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
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
