//! Lines in the log that strangers could write as many of as they like: one of a kind in ten seconds.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use tokio::time::Instant;

const PAUSE: Duration = Duration::from_secs(10);

/// When a line of one kind was written last.
pub(crate) struct Seldom {
    start: Instant,
    /// Milliseconds from the start until the next one may be written.
    next: AtomicU64,
    left_out: AtomicU64,
}

impl Seldom {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            next: AtomicU64::new(0),
            left_out: AtomicU64::new(0),
        }
    }

    /// How many were left out since the last one, if the next one may be written now.
    pub(crate) fn next(&self) -> Option<u64> {
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let now = millis(self.start.elapsed());
        let next = self.next.load(Ordering::Relaxed);
        let later = now.saturating_add(millis(PAUSE));
        let is_due = now >= next
            && self
                .next
                .compare_exchange(next, later, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_due {
            return Some(self.left_out.swap(0, Ordering::Relaxed));
        }
        self.left_out.fetch_add(1, Ordering::Relaxed);
        None
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_in_ten_seconds_says_how_many_were_left_out() {
        let seldom = Seldom::new();
        assert_eq!(seldom.next(), Some(0));
        assert_eq!((seldom.next(), seldom.next()), (None, None));
        advance(PAUSE).await;
        assert_eq!(seldom.next(), Some(2));
        assert_eq!(seldom.next(), None);
    }
}
