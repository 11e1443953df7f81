//! What time it is, from outside, so that a test can say.

use std::time::{Instant, SystemTime};

/// The two clocks of a verifier: the one on the wall for what tokens say, and one that only goes forward for what is kept.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, which tokens are compared with.
    fn now(&self) -> SystemTime;

    /// A time that only goes forward, by which what is kept grows old.
    fn instant(&self) -> Instant;
}

/// The system's clocks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn instant(&self) -> Instant {
        Instant::now()
    }
}
