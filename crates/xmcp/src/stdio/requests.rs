//! The requests of a pipe from their acceptance to their answer: rmcp counts them, the client named them.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use super::incoming::Accepted;
use crate::server::jsonrpc::Id;

/// Every request that has no answer yet.
#[derive(Debug)]
pub(super) struct Requests {
    /// Those that wait because as many as allowed are running.
    waiting: VecDeque<Accepted>,
    /// How many bytes wait.
    waiting_size: usize,
    running: HashMap<i64, Arc<Running>>,
    next: i64,
    slots: Arc<Semaphore>,
    slot_count: u32,
}

/// A request at work. Its slot is free once the handler has ended and the answer is on its way.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) accepted: Accepted,
    /// The whole response, as the endpoint would have sent it.
    pub(super) answer: OnceLock<Bytes>,
    _slot: OwnedSemaphorePermit,
}

impl Requests {
    /// At most `limit` requests run at the same time.
    pub(super) fn new(limit: usize) -> Self {
        let slot_count = u32::try_from(limit.clamp(1, Semaphore::MAX_PERMITS)).unwrap_or(u32::MAX);
        Self {
            waiting: VecDeque::new(),
            waiting_size: 0,
            running: HashMap::new(),
            next: 0,
            slots: Arc::new(Semaphore::new(slot_count as usize)),
            slot_count,
        }
    }

    pub(super) fn wait(&mut self, request: Accepted) {
        self.waiting_size += request.size;
        self.waiting.push_back(request);
    }

    pub(super) fn waiting_size(&self) -> usize {
        self.waiting_size
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// A free place to run at. Cancel safe.
    pub(super) fn slot(
        &self,
    ) -> impl Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + use<> {
        Arc::clone(&self.slots).acquire_owned()
    }

    /// Ends when nothing runs and every answer is on its way.
    pub(super) fn idle(&self) -> impl Future<Output = ()> + use<> {
        let (slots, count) = (Arc::clone(&self.slots), self.slot_count);
        async move { drop(slots.acquire_many(count).await) }
    }

    /// Lets the request that has waited longest run, under a number of our own.
    pub(super) fn run(&mut self, slot: OwnedSemaphorePermit) -> Option<(i64, Arc<Running>)> {
        let accepted = self.waiting.pop_front()?;
        self.waiting_size -= accepted.size;
        let running = Arc::new(Running {
            accepted,
            answer: OnceLock::new(),
            _slot: slot,
        });
        let number = self.next;
        self.next += 1;
        self.running.insert(number, Arc::clone(&running));
        Some((number, running))
    }

    /// The request of this number, which is answered now.
    pub(super) fn answered(&mut self, number: i64) -> Option<Arc<Running>> {
        self.running.remove(&number)
    }

    /// Forgets the request that the client gave up: one that waits at once, and the number of one that runs is returned
    /// for rmcp to end it.
    pub(super) fn cancel(&mut self, id: &[u8]) -> Option<i64> {
        let id = std::str::from_utf8(id).ok().and_then(Id::parse)?;
        let is_meant = |request: &Accepted| request.text.id().is_same(id);
        if let Some(place) = self.waiting.iter().position(is_meant) {
            self.waiting_size -= self.waiting.remove(place)?.size;
            return None;
        }
        let (&number, _) = self
            .running
            .iter()
            .find(|(_, request)| is_meant(&request.accepted))?;
        self.running.remove(&number);
        Some(number)
    }
}
