use std::{
    sync::Mutex,
    time::{Duration, Instant, SystemTime},
};

use xmcp_auth::Clock;

/// Stands still until a test moves it.
pub(crate) struct ManualClock {
    start: Instant,
    passed: Mutex<Duration>,
}

const START: u64 = 1_788_433_620;

impl Default for ManualClock {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            passed: Mutex::default(),
        }
    }
}

impl ManualClock {
    pub(crate) fn advance(&self, by: Duration) {
        *self.passed.lock().unwrap() += by;
    }

    /// The time of day as tokens have it.
    pub(crate) fn seconds(&self) -> u64 {
        START + self.passed.lock().unwrap().as_secs()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(START) + *self.passed.lock().unwrap()
    }

    fn instant(&self) -> Instant {
        self.start + *self.passed.lock().unwrap()
    }
}
