//! Proofs that were used, for as long as they could be used again.
//!
//! 1. A proof is kept as its SHA-256, and only once its token was found good.
//! 2. There are so many places and no more, and one caller has at most a tenth of them. Without a place nothing gets through: a proof
//!    that cannot be remembered could be used twice.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::proof::{LIFETIME, Proof};
use crate::{Clock, Session, fingerprint::Fingerprint};

/// What share of the places one caller may have.
const SHARE: usize = 10;

pub(super) struct SpentProofs {
    capacity: usize,
    clock: Arc<dyn Clock>,
    spent: Mutex<Spent>,
}

#[derive(Default)]
struct Spent {
    proofs: HashSet<Fingerprint>,
    /// How many of them are whose.
    callers: HashMap<Fingerprint, usize>,
    /// Oldest first. All are kept equally long.
    order: VecDeque<Entry>,
}

struct Entry {
    proof: Fingerprint,
    caller: Fingerprint,
    kept_at: Instant,
}

/// Why a proof is not marked as used, and must not be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotSpent {
    /// It was used before.
    Replayed,
    /// There is no place for it now.
    Full { retry_after: Duration },
}

impl SpentProofs {
    pub(super) fn new(capacity: usize, clock: Arc<dyn Clock>) -> Self {
        Self {
            capacity,
            clock,
            spent: Mutex::default(),
        }
    }

    pub(super) fn contains(&self, proof: &Proof) -> bool {
        self.spent().proofs.contains(proof.id())
    }

    pub(super) fn insert(&self, proof: &Proof, caller: &Session) -> Result<(), NotSpent> {
        let caller = Fingerprint::of(&caller.key("dpop", ""));
        let now = self.clock.instant();
        let mut spent = self.spent();
        spent.forget(now);
        if spent.proofs.contains(proof.id()) {
            return Err(NotSpent::Replayed);
        }
        let share = (self.capacity / SHARE).max(1);
        let is_greedy = spent.callers.get(&caller).is_some_and(|own| *own >= share);
        if is_greedy || spent.order.len() >= self.capacity {
            let oldest = spent.order.front().map(|entry| entry.kept_at);
            let passed = oldest.map_or(LIFETIME, |oldest| now.saturating_duration_since(oldest));
            return Err(NotSpent::Full {
                retry_after: LIFETIME.saturating_sub(passed),
            });
        }
        spent.proofs.insert(*proof.id());
        *spent.callers.entry(caller).or_default() += 1;
        spent.order.push_back(Entry {
            proof: *proof.id(),
            caller,
            kept_at: now,
        });
        Ok(())
    }

    fn spent(&self) -> MutexGuard<'_, Spent> {
        // Nothing panics while it holds the lock.
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Spent {
    /// Drops what is too old to be used again.
    fn forget(&mut self, now: Instant) {
        while let Some(oldest) = self.order.front() {
            if now.saturating_duration_since(oldest.kept_at) < LIFETIME {
                return;
            }
            self.proofs.remove(&oldest.proof);
            if let Some(own) = self.callers.get_mut(&oldest.caller) {
                *own -= 1;
                if *own == 0 {
                    self.callers.remove(&oldest.caller);
                }
            }
            self.order.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Mutex, time::SystemTime};

    use super::*;

    struct Manual {
        start: Instant,
        passed: Mutex<Duration>,
    }

    impl Clock for Manual {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn instant(&self) -> Instant {
            self.start + *self.passed.lock().unwrap()
        }
    }

    fn memory(capacity: usize) -> (SpentProofs, Arc<Manual>) {
        let clock = Arc::new(Manual {
            start: Instant::now(),
            passed: Mutex::default(),
        });
        (SpentProofs::new(capacity, clock.clone()), clock)
    }

    fn proof(id: usize) -> Proof {
        Proof::of_test("thumbprint", &id.to_string())
    }

    fn caller(name: &str) -> Session {
        Session::for_test(name).build()
    }

    #[test]
    fn a_proof_is_good_once_while_it_is_fresh_and_then_forgotten() {
        let (memory, clock) = memory(100);
        let ada = caller("ada");
        assert_eq!(memory.insert(&proof(1), &ada), Ok(()));
        assert!(memory.contains(&proof(1)) && !memory.contains(&proof(2)));
        assert_eq!(memory.insert(&proof(1), &ada), Err(NotSpent::Replayed));
        assert_eq!(
            memory.insert(&proof(1), &caller("eve")),
            Err(NotSpent::Replayed)
        );
        *clock.passed.lock().unwrap() = LIFETIME - Duration::from_secs(1);
        assert_eq!(memory.insert(&proof(1), &ada), Err(NotSpent::Replayed));
        *clock.passed.lock().unwrap() = LIFETIME;
        assert_eq!(memory.insert(&proof(2), &ada), Ok(()));
        let spent = memory.spent();
        assert_eq!(
            (spent.proofs.len(), spent.order.len(), spent.callers.len()),
            (1, 1, 1)
        );
    }

    #[test]
    fn one_caller_fills_a_tenth_and_the_others_go_on() {
        let (memory, clock) = memory(100);
        for id in 0..10 {
            assert_eq!(memory.insert(&proof(id), &caller("eve")), Ok(()));
        }
        *clock.passed.lock().unwrap() = Duration::from_secs(30);
        let full = NotSpent::Full {
            retry_after: LIFETIME - Duration::from_secs(30),
        };
        assert_eq!(memory.insert(&proof(10), &caller("eve")), Err(full));
        assert!(!memory.contains(&proof(10)));
        assert_eq!(memory.insert(&proof(11), &caller("ada")), Ok(()));
    }

    #[test]
    fn without_a_place_nothing_gets_through() {
        let (memory, clock) = memory(20);
        for id in 0..20 {
            let caller = caller(&format!("usr_{id}"));
            assert_eq!(memory.insert(&proof(id), &caller), Ok(()));
        }
        let full = NotSpent::Full {
            retry_after: LIFETIME,
        };
        assert_eq!(memory.insert(&proof(20), &caller("ada")), Err(full));
        assert_eq!(memory.spent().order.len(), 20);
        *clock.passed.lock().unwrap() = LIFETIME;
        assert_eq!(memory.insert(&proof(20), &caller("ada")), Ok(()));
    }
}
