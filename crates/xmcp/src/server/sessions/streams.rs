//! The streams of one session: what was said on each, who reads it, and what of it can be said again.
//!
//! 1. A message belongs to one stream, and a stream has one reader at a time; a later one takes the earlier one's place. So no message
//!    is sent twice at the same time, and none on another stream (2025-11-25 basic/transports, "Multiple Connections").
//! 2. What was sent is kept to be sent again after a lost connection, the oldest forgotten first: at most a [`Share`] of bytes and
//!    [`KEPT`] streams that are over. What waits for a reader that is there is never forgotten.
//! 3. Who says something to a slow reader waits for it. Where nobody reads, nobody waits.

mod stream;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;

use self::stream::Stream;
use super::{
    event::EventId,
    replay::{Room, Share},
};

/// The stream that a client opens by GET, for what belongs to no request.
pub(super) const STANDALONE: u64 = 0;
/// Streams that are over and can still be read again.
const KEPT: usize = 64;

/// The streams of a session.
pub(super) struct Streams(Mutex<All>);

struct All {
    /// What is kept to be sent again.
    share: Share,
    /// By number, which is by age.
    streams: BTreeMap<u64, Stream>,
    next: u64,
    /// Bytes of all events.
    size: usize,
    /// What the age of events is known by.
    clock: u64,
    /// The session is over, and so is every stream.
    is_over: bool,
}

/// Who reads a stream: the number of the stream, and which of its readers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) stream: u64,
    reader: u64,
}

impl Streams {
    pub(super) fn new(share: Share) -> Self {
        let mut all = All {
            share,
            streams: BTreeMap::new(),
            next: 0,
            size: 0,
            clock: 0,
            is_over: false,
        };
        all.open();
        Self(Mutex::new(all))
    }

    /// A new stream, which nobody reads yet.
    pub(super) fn open(&self) -> u64 {
        self.all().open()
    }

    /// Says a message on a stream, unless that is over.
    pub(super) fn say(&self, stream: u64, message: &[u8]) {
        let mut all = self.all();
        all.say(stream, message);
        all.forget();
    }

    /// Ends once there is room for a message, or nobody to wait for.
    pub(super) async fn room(&self, stream: u64) {
        poll_fn(|context| match self.all().streams.get_mut(&stream) {
            Some(stream) => stream.poll_room(context),
            None => Poll::Ready(()),
        })
        .await;
    }

    /// The last message of a stream has been said.
    pub(super) fn finish(&self, stream: u64) {
        let mut all = self.all();
        if let Some(stream) = all.streams.get_mut(&stream) {
            stream.finish();
        }
        all.forget();
    }

    /// Sends the reader of a stream away, which goes on. It comes back for the rest.
    pub(super) fn pause(&self, stream: u64) {
        if let Some(stream) = self.all().streams.get_mut(&stream) {
            stream.pause();
        }
    }

    /// Ends every stream at once.
    pub(super) fn end(&self) {
        let mut all = self.all();
        all.is_over = true;
        all.streams.values_mut().for_each(Stream::finish);
    }

    /// A reader for a stream from its next message on. `primed`: it is told first what to ask for after a lost connection.
    pub(super) fn read(&self, stream: u64, primed: bool) -> Option<Ticket> {
        let reader = self.all().streams.get_mut(&stream)?.admit(primed);
        Some(Ticket { stream, reader })
    }

    /// A reader for what came after this event on its stream. `None` when no such event was sent here, or its stream is forgotten.
    pub(super) fn resume(&self, last: EventId) -> Option<Ticket> {
        let stream = last.stream;
        let reader = self.all().streams.get_mut(&stream)?.resume(last.place)?;
        Some(Ticket { stream, reader })
    }

    /// The next event for a reader; `None` when there will be none.
    pub(super) fn poll(&self, ticket: Ticket, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut all = self.all();
        if all.is_over {
            return Poll::Ready(None);
        }
        let event = match all.streams.get_mut(&ticket.stream) {
            Some(stream) => stream.poll(ticket.reader, context),
            None => Poll::Ready(None),
        };
        if event.is_ready() {
            all.forget();
        }
        event
    }

    /// A reader has gone.
    pub(super) fn leave(&self, ticket: Ticket) {
        let mut all = self.all();
        if let Some(stream) = all.streams.get_mut(&ticket.stream) {
            stream.leave(ticket.reader);
        }
        all.forget();
    }

    /// Whether anybody reads any of the streams.
    pub(super) fn has_readers(&self) -> bool {
        self.all().streams.values().any(Stream::has_reader)
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn open(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        let mut stream = Stream::new(number);
        if self.is_over {
            stream.finish();
        }
        self.streams.insert(number, stream);
        number
    }

    fn say(&mut self, number: u64, message: &[u8]) {
        if let Some(stream) = self.streams.get_mut(&number) {
            self.clock += 1;
            self.size += stream.say(message, self.clock);
        }
    }

    /// Forgets what is too much to keep, the oldest first.
    fn forget(&mut self) {
        let room = self.share.count(self.size);
        self.forget_beyond(room);
        self.share.count(self.size);
    }

    fn forget_beyond(&mut self, room: Room) {
        while self.size > room.bytes {
            let spare = self
                .streams
                .values_mut()
                .filter_map(|stream| Some((stream.spare()?, stream)));
            let Some((_, stream)) = spare.min_by_key(|(age, _)| *age) else {
                break;
            };
            self.size -= stream.forget();
        }
        let done = self.streams.values().filter(|stream| stream.is_done());
        let done = done.count();
        // Answers that nobody came for may be large: then only the newest is kept, if there is room for it at all.
        let kept = match self.size > room.bytes {
            true => usize::from(!room.is_scarce),
            false => KEPT,
        };
        for _ in kept..done {
            let oldest = self.streams.iter().find(|(_, stream)| stream.is_done());
            let Some(stream) = oldest
                .map(|(number, _)| *number)
                .and_then(|number| self.streams.remove(&number))
            else {
                break;
            };
            self.size -= stream.size();
        }
    }
}
