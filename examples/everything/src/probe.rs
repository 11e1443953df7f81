//! Counts how calls end. A handler's future is dropped when its client cancels, so what ends without completing is seen there.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// How the watched calls ended so far.
#[derive(Debug, Default)]
pub struct Probe {
    started: AtomicU64,
    completed: AtomicU64,
    cancelled: AtomicU64,
}

impl Probe {
    /// Waits for the work and counts how it ends.
    pub async fn watch(&self, work: impl Future<Output = ()>) {
        self.started.fetch_add(1, Relaxed);
        let end = End {
            probe: self,
            count: &self.cancelled,
        };
        work.await;
        end.completed();
    }

    /// Forgets what was counted.
    pub fn reset(&self) {
        for count in [&self.started, &self.completed, &self.cancelled] {
            count.store(0, Relaxed);
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [started, completed, cancelled] =
            [&self.started, &self.completed, &self.cancelled].map(|count| count.load(Relaxed));
        write!(
            formatter,
            "started={started} completed={completed} cancelled={cancelled}"
        )
    }
}

/// Counts a call when it is dropped: as cancelled, unless it was told otherwise.
struct End<'a> {
    probe: &'a Probe,
    count: &'a AtomicU64,
}

impl End<'_> {
    fn completed(mut self) {
        self.count = &self.probe.completed;
    }
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.count.fetch_add(1, Relaxed);
    }
}
