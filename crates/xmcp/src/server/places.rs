//! Places of which there are so many, and one caller gets at most half: whatever one does, others get in too.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::caller::{ByCaller, Caller};

/// Places for everybody together.
pub(crate) struct Places {
    all: Arc<Semaphore>,
    shares: Shares,
}

/// A place, until this is dropped.
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    _share: Share,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// All are taken.
    ForAll,
    /// This caller has as many as one may have.
    ForCaller,
}

impl Places {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
            shares: Shares::of(most),
        }
    }

    /// A place for this caller; for nobody in particular where callers cannot be told apart.
    pub(crate) fn take(&self, caller: Option<Caller>) -> Result<Place, Full> {
        let share = self.shares.take(caller).ok_or(Full::ForCaller)?;
        let permit = Arc::clone(&self.all).try_acquire_owned();
        Ok(Place {
            _permit: permit.map_err(|_| Full::ForAll)?,
            _share: share,
        })
    }
}

/// What each caller has of something that is bounded elsewhere. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Shares(Arc<Inner>);

struct Inner {
    /// Callers that have something; so there are no more of them than there are places.
    held: Mutex<ByCaller<usize>>,
    most: usize,
}

/// One of a caller's, until this is dropped.
pub(crate) struct Share(Option<(Shares, Caller)>);

impl Shares {
    /// Half of so many, and at least one, for each caller.
    pub(crate) fn of(all: usize) -> Self {
        Self(Arc::new(Inner {
            held: Mutex::default(),
            most: all.div_ceil(2),
        }))
    }

    /// One more for this caller, if that is not too many. Who cannot be told apart from others has no share that could be used up.
    pub(crate) fn take(&self, caller: Option<Caller>) -> Option<Share> {
        let Some(caller) = caller else {
            return Some(Share(None));
        };
        let mut held = self.held();
        let count = held.entry(caller).or_default();
        if *count >= self.0.most {
            return None;
        }
        *count += 1;
        drop(held);
        Some(Share(Some((self.clone(), caller))))
    }

    fn held(&self) -> MutexGuard<'_, ByCaller<usize>> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let Some((shares, caller)) = self.0.take() else {
            return;
        };
        let mut held = shares.held();
        if let Some(count) = held.get_mut(&caller) {
            *count -= 1;
            if *count == 0 {
                held.remove(&caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use xmcp_auth::Session;

    use super::*;
    use crate::server::caller::Callers;

    #[test]
    fn one_caller_gets_half_and_the_others_the_rest() {
        let callers = Callers::default();
        let [ada, bob, cid] = ["ada", "bob", "cid"]
            .map(|user| Some(callers.verified(&Session::for_test(user).build())));
        let places = Places::new(4);
        let adas = [(); 2].map(|()| places.take(ada).unwrap());
        assert_eq!(places.take(ada).err(), Some(Full::ForCaller));
        let bobs = places.take(bob).unwrap();
        let cids = places.take(cid).unwrap();
        assert_eq!(places.take(bob).err(), Some(Full::ForAll));
        drop(adas);
        let _bobs = [bobs, places.take(bob).unwrap()];
        assert_eq!(places.take(bob).err(), Some(Full::ForCaller));
        drop(cids);
        assert_eq!(places.shares.held().len(), 1, "nothing is kept of others");
    }

    #[test]
    fn who_cannot_be_told_apart_has_no_share() {
        let places = Places::new(2);
        let _both = [(); 2].map(|()| places.take(None).unwrap());
        assert_eq!(places.take(None).err(), Some(Full::ForAll));
        assert!(places.shares.held().is_empty());
    }

    #[test]
    fn everybody_gets_one() {
        let callers = Callers::default();
        let ada = callers.verified(&Session::for_test("ada").build());
        assert!(Places::new(1).take(Some(ada)).is_ok());
    }
}
