//! What wakes a connection's task, but not for a body that is complete.
//!
//! hyper gives a request's body through a channel that holds one piece. Whoever takes the piece makes room for the next, and so wakes
//! the connection, although nothing else will come: every request with a body would be polled twice, the second time for nothing. Of
//! HTTP/1 with a length it is known that the piece is the last one, and such a wake goes nowhere.

use std::{cell::Cell, sync::OnceLock, task::Waker};

thread_local! {
    /// Whether a body is being asked for its next piece by this thread, which is when the channel wakes by this thread.
    static IS_HELD_BACK: Cell<bool> = const { Cell::new(false) };
    /// Whether it did.
    static HAS_RUNG: Cell<bool> = const { Cell::new(false) };
}

/// Wakes a task once it was polled.
#[derive(Default)]
pub(super) struct Alarm(OnceLock<Waker>);

impl Alarm {
    /// To be called by the task before anything that may ring.
    pub(super) fn wakes(&self, task: &Waker) {
        let waker = self.0.get_or_init(|| task.clone());
        debug_assert!(waker.will_wake(task), "a task keeps its waker");
    }

    pub(super) fn ring(&self) {
        if IS_HELD_BACK.get() {
            HAS_RUNG.set(true);
        } else if let Some(task) = self.0.get() {
            task.wake_by_ref();
        }
    }

    /// Asks a body of HTTP/1 for its next piece. What rings meanwhile is not heard if `ask` says that it was the last one.
    pub(super) fn held_back<T>(&self, ask: impl FnOnce() -> (T, bool)) -> (T, bool) {
        let held = HeldBack::begin();
        let (piece, is_last) = ask();
        if held.end() && !is_last {
            self.ring();
        }
        (piece, is_last)
    }
}

/// Alarms of this thread are held back until this is dropped.
struct HeldBack;

impl HeldBack {
    fn begin() -> Self {
        HAS_RUNG.set(false);
        IS_HELD_BACK.set(true);
        Self
    }

    /// Whether one rang.
    fn end(self) -> bool {
        HAS_RUNG.get()
    }
}

impl Drop for HeldBack {
    fn drop(&mut self) {
        IS_HELD_BACK.set(false);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        task::Wake,
        thread,
    };

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    fn counted() -> (Alarm, Arc<Count>) {
        let count = Arc::<Count>::default();
        let alarm = Alarm::default();
        alarm.wakes(&Waker::from(Arc::clone(&count)));
        (alarm, count)
    }

    #[test]
    fn what_rings_is_heard_but_for_the_last_piece() {
        let (alarm, count) = counted();
        alarm.ring();
        assert_eq!(count.0.load(SeqCst), 1);
        for (is_last, rings, heard) in [(false, 0, 0), (false, 2, 1), (true, 2, 0), (true, 0, 0)] {
            let before = count.0.load(SeqCst);
            alarm.held_back(|| {
                (0..rings).for_each(|_| alarm.ring());
                ((), is_last)
            });
            assert_eq!(
                count.0.load(SeqCst) - before,
                heard,
                "{is_last}, {rings} times"
            );
        }
        alarm.ring();
        assert_eq!(count.0.load(SeqCst), 3);
    }

    #[test]
    fn another_thread_is_heard_meanwhile() {
        let (alarm, count) = counted();
        alarm.held_back(|| {
            thread::scope(|scope| scope.spawn(|| alarm.ring()).join().unwrap());
            ((), true)
        });
        assert_eq!(count.0.load(SeqCst), 1);
    }

    #[test]
    fn a_panic_holds_nothing_back() {
        let (alarm, count) = counted();
        let ask = || -> ((), bool) { panic!("of a body") };
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| alarm.held_back(ask)));
        assert!(panicked.is_err());
        alarm.ring();
        assert_eq!(count.0.load(SeqCst), 1);
    }
}
