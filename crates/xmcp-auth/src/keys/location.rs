//! Where a key set is: where configuration says, or where the issuer's metadata says.
//!
//! The metadata is asked for when keys are to be fetched and never otherwise, so all that bounds the one bounds the other: one
//! request at a time, and pauses after those that fail. It is believed for an hour, and for 24 hours if it cannot be had again.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    Clock,
    discovery::{Discovery, DiscoveryError, KeysAt},
    http::{Fetcher, Target},
};

const MAX_DOCUMENT: usize = 256 * 1024;
const FRESH: Duration = Duration::from_secs(60 * 60);
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);

/// Where to fetch a key set.
pub(crate) enum Location {
    /// From this URL.
    Named(Arc<Fetcher>),
    /// From where the issuer says.
    Discovered(Box<Discovered>),
}

/// An issuer, and what it said.
pub(crate) struct Discovered {
    discovery: Discovery,
    latest: Mutex<Option<Latest>>,
}

/// What the issuer said last.
struct Latest {
    keys_at: KeysAt,
    fetcher: Arc<Fetcher>,
    came_at: Instant,
    is_doubtful: bool,
}

impl Location {
    pub(crate) fn named(target: Target) -> Self {
        Self::Named(Arc::new(Fetcher::new(target, MAX_DOCUMENT)))
    }

    pub(crate) fn discovered(discovery: Discovery) -> Self {
        Self::Discovered(Box::new(Discovered {
            discovery,
            latest: Mutex::default(),
        }))
    }

    /// Who fetches the keys. Asks the issuer first if it was not asked lately.
    pub(super) async fn fetcher(&self, clock: &dyn Clock) -> Result<Arc<Fetcher>, DiscoveryError> {
        match self {
            Self::Named(fetcher) => Ok(Arc::clone(fetcher)),
            Self::Discovered(discovered) => discovered.fetcher(clock).await,
        }
    }

    /// No keys came from there: the issuer is asked again before the next attempt.
    pub(super) fn doubt(&self) {
        if let Self::Discovered(discovered) = self
            && let Some(latest) = discovered.latest().as_mut()
        {
            latest.is_doubtful = true;
        }
    }
}

impl Discovered {
    fn latest(&self) -> MutexGuard<'_, Option<Latest>> {
        // Nothing panics while it holds the lock, and what it guards is whole after every statement.
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetcher(&self, clock: &dyn Clock) -> Result<Arc<Fetcher>, DiscoveryError> {
        if let Some(latest) = self.latest().as_ref()
            && latest.is_good_for(FRESH, clock)
            && !latest.is_doubtful
        {
            return Ok(Arc::clone(&latest.fetcher));
        }
        let asked = self.discovery.ask().await;
        let mut latest = self.latest();
        let before = latest
            .take()
            .filter(|latest| latest.is_good_for(USABLE, clock));
        let (keys_at, came_at) = match (asked, &before) {
            (Ok(keys_at), _) => (keys_at, clock.instant()),
            (Err(error), None) => return Err(error),
            (Err(error), Some(before)) => {
                tracing::warn!(%error, "the issuer's metadata cannot be had; what it said before still counts");
                (before.keys_at.clone(), before.came_at)
            }
        };
        let fetcher = match before {
            Some(before) if before.keys_at == keys_at => before.fetcher,
            _ => Arc::new(keys_at.fetcher(MAX_DOCUMENT)),
        };
        *latest = Some(Latest {
            keys_at,
            fetcher: Arc::clone(&fetcher),
            came_at,
            is_doubtful: false,
        });
        Ok(fetcher)
    }
}

impl Latest {
    fn is_good_for(&self, lifetime: Duration, clock: &dyn Clock) -> bool {
        clock.instant().saturating_duration_since(self.came_at) < lifetime
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(fetcher) => fetcher.target().fmt(formatter),
            Self::Discovered(discovered) => discovered.discovery.fmt(formatter),
        }
    }
}
