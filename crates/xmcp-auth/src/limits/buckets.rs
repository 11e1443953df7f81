//! A bucket of tokens for each key, filled at a steady rate. What a full bucket is, an unknown key has.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use governor::{
    Quota, RateLimiter, clock, middleware::NoOpMiddleware, nanos::Nanos, state::StateStore,
};

use super::table::{Key, Table};
use crate::Clock;

/// So many a minute for each key, and so many at once.
pub(super) struct Buckets {
    limiter: RateLimiter<Draw, Levels, Ticks, NoOpMiddleware<Duration>>,
    levels: Levels,
    ticks: Ticks,
}

/// What is asked of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Draw {
    /// Whether a token is there.
    Look(Key),
    /// A token.
    Take(Key),
}

impl Buckets {
    pub(super) fn new(per_minute: NonZeroU32, burst: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        let quota = Quota::per_minute(per_minute).allow_burst(burst);
        let ticks = Ticks {
            start: clock.instant(),
            clock,
        };
        let levels = Levels(Arc::new(Inner {
            table: Table::new(),
            all_full_at: AtomicU64::new(0),
        }));
        Self {
            limiter: RateLimiter::new(quota, levels.clone(), ticks.clone()),
            levels,
            ticks,
        }
    }

    /// Whether a token is there, or how long until it is.
    pub(super) fn look(&self, key: &impl Hash) -> Result<(), Duration> {
        self.draw(Draw::Look(self.levels.0.table.key(key)))
    }

    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&self, key: &impl Hash) -> Result<(), Duration> {
        self.draw(Draw::Take(self.levels.0.table.key(key)))
    }

    /// Whether the bucket is full.
    pub(super) fn is_full(&self, key: &impl Hash) -> bool {
        let table = &self.levels.0.table;
        let full_at = table.get(table.key(key));
        full_at.is_none_or(|full_at| self.has_come(full_at))
    }

    /// Whether every bucket is full, which takes no look at any of them.
    pub(super) fn are_all_full(&self) -> bool {
        match self.levels.0.all_full_at.load(Ordering::Acquire) {
            0 => true,
            all_full_at => self.has_come(all_full_at),
        }
    }

    fn has_come(&self, nanoseconds: u64) -> bool {
        Duration::from_nanos(nanoseconds) <= clock::Clock::now(&self.ticks)
    }

    fn draw(&self, draw: Draw) -> Result<(), Duration> {
        let now = clock::Clock::now(&self.ticks);
        self.limiter
            .check_key(&draw)
            .map_err(|until| until.wait_time_from(now))
    }
}

/// When each bucket will be full again, in nanoseconds: the smallest number is the one that is missed least.
#[derive(Clone)]
struct Levels(Arc<Inner>);

struct Inner {
    table: Table,
    /// The largest number that was ever in the table.
    all_full_at: AtomicU64,
}

impl StateStore for Levels {
    type Key = Draw;

    fn measure_and_replace<T, F, E>(&self, draw: &Draw, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let (key, is_taken) = match draw {
            Draw::Look(key) => (*key, false),
            Draw::Take(key) => (*key, true),
        };
        self.0
            .table
            .change(key, |full_at| match decide(full_at.map(Nanos::from)) {
                Ok((answer, full_at)) => {
                    let full_at = is_taken.then_some(u64::from(full_at));
                    if let Some(full_at) = full_at {
                        self.0.all_full_at.fetch_max(full_at, Ordering::AcqRel);
                    }
                    (full_at, Ok(answer))
                }
                Err(refusal) => (None, Err(refusal)),
            })
    }
}

/// The provider's clock as the limiter reads it.
#[derive(Clone)]
struct Ticks {
    start: Instant,
    clock: Arc<dyn Clock>,
}

impl clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.clock.instant().saturating_duration_since(self.start)
    }
}
