//! A bucket of tokens for each key, filled at a steady rate. What a full bucket is, an unknown key has.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::Arc,
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
        let levels = Levels(Arc::new(Table::new()));
        Self {
            limiter: RateLimiter::new(quota, levels.clone(), ticks.clone()),
            levels,
            ticks,
        }
    }

    /// Whether a token is there, or how long until it is.
    pub(super) fn look(&self, key: &impl Hash) -> Result<(), Duration> {
        self.draw(Draw::Look(self.levels.0.key(key)))
    }

    /// Takes a token, or says how long until there is one.
    pub(super) fn take(&self, key: &impl Hash) -> Result<(), Duration> {
        self.draw(Draw::Take(self.levels.0.key(key)))
    }

    /// Whether the bucket is full.
    pub(super) fn is_full(&self, key: &impl Hash) -> bool {
        let full_at = self.levels.0.get(self.levels.0.key(key));
        full_at
            .is_none_or(|full_at| Duration::from_nanos(full_at) <= clock::Clock::now(&self.ticks))
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
struct Levels(Arc<Table>);

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
            .change(key, |full_at| match decide(full_at.map(Nanos::from)) {
                Ok((answer, full_at)) => (is_taken.then_some(full_at.into()), Ok(answer)),
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
