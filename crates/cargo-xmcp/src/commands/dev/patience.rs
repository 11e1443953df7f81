//! For how long something is waited for, and when somebody is told of it.

use std::time::{Duration, Instant};

use tokio::time::sleep_until;

use super::supervisor::Generation;

/// A process that has not answered for so long is worth a line.
pub(super) const SLOW: Duration = Duration::from_secs(10);
/// What processes have for their end beside the time for answering what they were asked.
const FAREWELL: Duration = Duration::from_secs(5);
/// What they have for all of it when a person waits at the terminal.
const HURRY: Duration = Duration::from_secs(5);
/// Somebody who waits for longer than this is told for what.
const SILENCE: Duration = Duration::from_secs(1);

/// The clocks that run.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// The process that starts, and when it is said that this takes long.
    slow: Option<(Generation, Instant)>,
    /// Whether a person wants the end, and not the client of a pipe.
    is_hurried: bool,
    /// When it is said that something still runs, and until when that has time to end.
    farewell: Option<Instant>,
    deadline: Option<Instant>,
}

/// What has taken too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// A process that starts does not answer yet.
    Slow(Generation),
    /// Something does not end at once; this is when it is ended.
    Silence(Option<Instant>),
    /// What still runs is ended.
    Deadline,
}

impl Patience {
    /// A person wants the end.
    pub(super) fn hurry(&mut self) {
        self.is_hurried = true;
    }

    /// This process starts.
    pub(super) fn starts(&mut self, generation: Generation) {
        self.slow = Some((generation, Instant::now() + SLOW));
    }

    /// All that runs is to end. What is being answered has the time that the settings give it, unless somebody waits at the terminal.
    pub(super) fn ends(&mut self, drain: Duration) {
        let now = Instant::now();
        let time = match self.is_hurried {
            true => HURRY,
            false => drain + FAREWELL,
        };
        self.farewell = Some(now + SILENCE);
        self.deadline = Some(now + time);
    }

    /// Waits until one of them is over, which is told once. Cancel safe.
    pub(super) async fn over(&mut self) -> Over {
        tokio::select! {
            () = at(self.farewell) => {
                self.farewell = None;
                Over::Silence(self.deadline)
            }
            () = at(self.deadline) => {
                self.deadline = None;
                Over::Deadline
            }
            over = slow(self.slow) => {
                self.slow = None;
                over
            }
        }
    }
}

async fn slow(process: Option<(Generation, Instant)>) -> Over {
    match process {
        Some((generation, time)) => {
            at(Some(time)).await;
            Over::Slow(generation)
        }
        None => std::future::pending().await,
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_of_them_is_told_once_and_a_person_waits_for_less() {
        let mut patience = Patience::default();
        let long_ago = Instant::now()
            .checked_sub(SLOW)
            .unwrap_or_else(Instant::now);
        patience.slow = Some((3, long_ago));
        assert_eq!(patience.over().await, Over::Slow(3));
        assert!(patience.slow.is_none());

        let drain = Duration::from_secs(600);
        patience.ends(drain);
        let left = |patience: &Patience| patience.deadline.unwrap() - Instant::now();
        assert!(left(&patience) > drain);
        patience.hurry();
        patience.ends(drain);
        assert!(left(&patience) <= HURRY);
        patience.farewell = Some(long_ago);
        assert_eq!(patience.over().await, Over::Silence(patience.deadline));
        patience.deadline = Some(long_ago);
        assert_eq!(patience.over().await, Over::Deadline);
        assert!(patience.farewell.is_none() && patience.deadline.is_none());
    }
}
