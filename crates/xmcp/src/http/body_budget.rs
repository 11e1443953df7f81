//! How much memory the bodies of all requests may take together. Without it a few connections of unfinished bodies, each within
//! its own limit, would hold gigabytes.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What every body has for nothing: requests in flight are counted already, and most are smaller than this.
const FREE: usize = 64 * 1024;
/// The least that all bodies together may take beyond that.
const LEAST: usize = 256 * 1024 * 1024;
/// In what pieces it is given out.
const PIECE: usize = 1024;

/// The memory that is left for bodies. Cloning is cheap, and clones share it.
#[derive(Clone, Debug)]
pub(crate) struct BodyBudget(Arc<Semaphore>);

impl BodyBudget {
    /// Enough for several bodies of the largest size that is allowed.
    pub(crate) fn for_bodies_of(limit: usize) -> Self {
        Self::of(LEAST.max(limit.saturating_mul(4)))
    }

    pub(super) fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(
            (bytes / PIECE).min(Semaphore::MAX_PERMITS),
        )))
    }

    /// Makes room for a body of `size` bytes so far. False when there is none.
    pub(crate) fn make_room(&self, room: &mut BodyRoom, size: usize) -> bool {
        let needed = size.saturating_sub(FREE).div_ceil(PIECE);
        let held = room.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(more) = u32::try_from(needed.saturating_sub(held)) else {
            return false;
        };
        if more == 0 {
            return true;
        }
        let Ok(taken) = Arc::clone(&self.0).try_acquire_many_owned(more) else {
            return false;
        };
        match &mut room.0 {
            Some(held) => held.merge(taken),
            none => *none = Some(taken),
        }
        true
    }
}

/// The room that one body takes, given back when this is dropped: together with the body.
#[derive(Debug, Default)]
pub(crate) struct BodyRoom(Option<OwnedSemaphorePermit>);
