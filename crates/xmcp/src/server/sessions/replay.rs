//! How many bytes of streams are kept to be sent again: so many for one session, and less for each when all of them keep a lot.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// What one session keeps.
const MOST: usize = 1024 * 1024;
/// What one session keeps when there is no room for more.
const LEAST: usize = 64 * 1024;
/// What all sessions keep before that.
const ALL: usize = 256 * 1024 * 1024;

/// What all sessions keep. Cloning is cheap, and clones are the same.
#[derive(Clone, Default)]
pub(super) struct Replay(Arc<AtomicUsize>);

impl Replay {
    /// One session's share.
    pub(super) fn share(&self) -> Share {
        Share {
            all: self.clone(),
            most: MOST,
            counted: 0,
        }
    }
}

/// What one session may keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) bytes: usize,
    /// Whether all sessions keep too much.
    pub(super) is_scarce: bool,
}

/// What one session keeps, until this is dropped.
pub(super) struct Share {
    all: Replay,
    most: usize,
    counted: usize,
}

impl Share {
    /// One of so many bytes that nobody else has a part in.
    #[cfg(test)]
    pub(super) fn of(most: usize) -> Self {
        let mut share = Replay::default().share();
        share.most = most;
        share
    }

    /// Counts what the session keeps now, and answers what it may keep.
    pub(super) fn count(&mut self, kept: usize) -> Room {
        let Replay(all) = &self.all;
        let before = if kept >= self.counted {
            all.fetch_add(kept - self.counted, Relaxed)
        } else {
            all.fetch_sub(self.counted - kept, Relaxed)
        };
        let now = before + kept - self.counted;
        self.counted = kept;
        let is_scarce = now > ALL;
        Room {
            bytes: match is_scarce {
                true => self.most.min(LEAST),
                false => self.most,
            },
            is_scarce,
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.count(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_keeps_less_while_all_keep_too_much() {
        let replay = Replay::default();
        let room = |bytes, is_scarce| Room { bytes, is_scarce };
        let (enough, scarce) = (room(MOST, false), room(LEAST, true));
        let (mut one, mut others) = (replay.share(), replay.share());
        assert_eq!(one.count(7), enough);
        assert_eq!(others.count(ALL - 7), enough);
        assert_eq!(one.count(8), scarce);
        assert_eq!(one.count(7), enough);
        assert_eq!(others.count(ALL), scarce);
        drop(others);
        assert_eq!(one.count(7), enough);
        drop(one);
        assert_eq!(replay.0.load(Relaxed), 0);
    }
}
