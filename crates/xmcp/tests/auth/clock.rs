//! A clock that a test moves forward.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use xmcp::auth::Clock;

/// The system's clocks, ahead by as much as a test says. Clones are the same clock.
#[derive(Clone, Default)]
pub struct Ahead(Arc<Mutex<Duration>>);

impl Ahead {
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }

    fn by(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

impl Clock for Ahead {
    fn now(&self) -> SystemTime {
        SystemTime::now() + self.by()
    }

    fn instant(&self) -> Instant {
        Instant::now() + self.by()
    }
}
