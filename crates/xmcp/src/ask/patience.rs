//! How long a call has waited for the client's answers, which is no time of the handler's.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The waits of one call.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<Waits>);

#[derive(Debug, Default)]
struct Waits {
    /// How many questions are open.
    open: usize,
    /// Since when any is.
    since: Option<Instant>,
    /// What earlier waits took.
    total: Duration,
}

/// A wait that ends when this is dropped.
#[derive(Debug)]
pub(super) struct Waiting<'a>(&'a Patience);

impl Patience {
    /// A question is open from here on.
    pub(super) fn wait(&self) -> Waiting<'_> {
        let mut waits = self.waits();
        waits.open += 1;
        waits.since.get_or_insert_with(Instant::now);
        drop(waits);
        Waiting(self)
    }

    /// How long questions were open until now. Two at a time count once.
    pub(super) fn spent(&self) -> Duration {
        let waits = self.waits();
        waits.total + waits.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn waits(&self) -> MutexGuard<'_, Waits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waits = self.0.waits();
        waits.open -= 1;
        if waits.open == 0
            && let Some(since) = waits.since.take()
        {
            waits.total += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_that_overlap_count_once() {
        let patience = Patience::default();
        let advance = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        advance(5).await;
        let first = patience.wait();
        advance(1).await;
        let second = patience.wait();
        advance(2).await;
        drop(first);
        advance(4).await;
        assert_eq!(patience.spent(), Duration::from_secs(7));
        drop(second);
        advance(8).await;
        assert_eq!(patience.spent(), Duration::from_secs(7));
    }
}
