//! The requests of a session that are being answered: what `notifications/cancelled` can reach.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytestring::ByteString;
use tokio_util::sync::CancellationToken;

use crate::server::{id_of, jsonrpc::Id};

/// Requests of one session at work at a time.
const MOST: usize = 64;

/// The requests at work. Cloning is cheap.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Requests>>);

#[derive(Default)]
struct Requests {
    /// By number, for a client may use an id twice.
    at_work: HashMap<u64, (ByteString, CancellationToken)>,
    next: u64,
}

/// A request at work, until this is dropped.
pub(super) struct Started {
    all: Running,
    number: u64,
    pub(super) cancellation: CancellationToken,
}

impl Running {
    /// A request of this id, as JSON text, begins; `end` ends it as well. `None` when too many are at work.
    pub(super) fn start(&self, id: ByteString, end: &CancellationToken) -> Option<Started> {
        let mut requests = self.requests();
        if requests.at_work.len() >= MOST {
            return None;
        }
        let (number, cancellation) = (requests.next, end.child_token());
        requests.next += 1;
        requests.at_work.insert(number, (id, cancellation.clone()));
        Some(Started {
            all: self.clone(),
            number,
            cancellation,
        })
    }

    /// Cancels the request of this id. One that is unknown, or has its answer, is nobody's business any more.
    pub(super) fn cancel(&self, id: Id<'_>) {
        for (other, cancellation) in self.requests().at_work.values() {
            if id_of(other).is_same(id) {
                cancellation.cancel();
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.requests().at_work.is_empty()
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.all.requests().at_work.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &'static str) -> ByteString {
        ByteString::from_static(text)
    }

    #[test]
    fn a_request_is_cancelled_by_its_id_while_it_is_at_work() {
        let (running, end) = (Running::default(), CancellationToken::new());
        let one = running.start(id("1"), &end).unwrap();
        let text = running.start(id(r#""\u0041""#), &end).unwrap();
        running.cancel(Id::parse("2").unwrap());
        assert!(!one.cancellation.is_cancelled());
        running.cancel(Id::parse(r#""A""#).unwrap());
        assert!(text.cancellation.is_cancelled() && !one.cancellation.is_cancelled());
        drop((one, text));
        assert!(running.is_empty());
        running.cancel(Id::parse("1").unwrap());
    }

    #[test]
    fn only_so_many_requests_are_at_work() {
        let (running, end) = (Running::default(), CancellationToken::new());
        let started: Vec<_> = std::iter::from_fn(|| running.start(id("1"), &end)).collect();
        assert_eq!(started.len(), MOST);
        end.cancel();
        assert!(
            started
                .iter()
                .all(|started| started.cancellation.is_cancelled())
        );
        drop(started);
        assert!(running.start(id("1"), &end).is_some());
    }
}
