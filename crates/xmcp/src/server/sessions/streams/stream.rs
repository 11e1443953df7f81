//! One stream: what was said on it, who reads it, and who waits for the reader.

use std::{
    collections::VecDeque,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use crate::server::sessions::event::{self, EventId};

/// How many messages wait for a slow reader before those who speak do.
pub(super) const QUEUE: u64 = 16;

/// One stream of a session.
#[derive(Default)]
pub(super) struct Stream {
    number: u64,
    /// Events that are still known, the last of them at the place `next - 1`.
    events: VecDeque<Event>,
    /// The place of the next message; messages count from 1.
    next: u64,
    /// The place of the message that the reader gets next.
    cursor: u64,
    /// The place of the last message that any reader got.
    sent: u64,
    reader: Option<Reader>,
    /// Readers so far: a reader that is not the newest gets nothing.
    readers: u64,
    /// Those who wait for the reader.
    writers: Vec<Waker>,
    /// Nothing more will be said.
    is_over: bool,
    /// The reader is sent away, to come back for the rest.
    is_paused: bool,
}

struct Event {
    text: Bytes,
    age: u64,
}

#[derive(Default)]
struct Reader {
    waker: Option<Waker>,
    /// Whether the event that begins the stream is still to be sent.
    is_new: bool,
}

impl Stream {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            next: 1,
            cursor: 1,
            ..Self::default()
        }
    }

    /// Says a message, unless the stream is over. Answers how many bytes more are kept.
    pub(super) fn say(&mut self, message: &[u8], age: u64) -> usize {
        if self.is_over {
            return 0;
        }
        let text = event::message(self.id(self.next), message);
        let size = text.len();
        self.events.push_back(Event { text, age });
        self.next += 1;
        self.wake_reader();
        size
    }

    /// Ready once there is room for a message, or nobody to wait for.
    pub(super) fn poll_room(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let is_full = self.reader.is_some() && self.next - self.cursor >= QUEUE;
        if self.is_over || !is_full {
            return Poll::Ready(());
        }
        let is_known = |waker: &Waker| waker.will_wake(context.waker());
        if !self.writers.iter().any(is_known) {
            self.writers.push(context.waker().clone());
        }
        Poll::Pending
    }

    /// The last message has been said.
    pub(super) fn finish(&mut self) {
        self.is_over = true;
        self.wake();
    }

    /// Sends the reader away. The stream goes on.
    pub(super) fn pause(&mut self) {
        if self.reader.is_some() {
            self.is_paused = true;
            self.wake();
        }
    }

    /// Takes a reader in the place of the one before: which it is of all.
    pub(super) fn admit(&mut self, is_new: bool) -> u64 {
        self.dismiss();
        self.readers += 1;
        self.reader = Some(Reader {
            waker: None,
            is_new,
        });
        self.cursor = self.cursor.max(self.first());
        self.readers
    }

    /// Takes a reader that goes on after this place. `None` when nothing was sent there.
    pub(super) fn resume(&mut self, last: u64) -> Option<u64> {
        // What was never sent cannot have been read.
        if last > self.sent {
            return None;
        }
        let reader = self.admit(false);
        self.cursor = (last + 1).max(self.first());
        Some(reader)
    }

    /// The next event for this reader; `None` when there will be none.
    pub(super) fn poll(&mut self, reader: u64, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let first = self.first();
        let begin = self.id(self.cursor - 1);
        let Some(reader) = self.reader.as_mut().filter(|_| self.readers == reader) else {
            return Poll::Ready(None);
        };
        if std::mem::take(&mut reader.is_new) {
            return Poll::Ready(Some(event::priming(begin)));
        }
        let index = usize::try_from(self.cursor - first);
        if let Some(event) = index.ok().and_then(|index| self.events.get(index)) {
            let text = event.text.clone();
            self.sent = self.sent.max(self.cursor);
            self.cursor += 1;
            self.wake_writers();
            return Poll::Ready(Some(text));
        }
        if self.is_over {
            self.dismiss();
            return Poll::Ready(None);
        }
        if self.is_paused {
            self.dismiss();
            return Poll::Ready(Some(event::pause()));
        }
        reader.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// This reader has gone.
    pub(super) fn leave(&mut self, reader: u64) {
        if self.readers == reader {
            self.dismiss();
        } else {
            // Whatever else the one that has gone waited for may have woken it instead of its successor.
            self.wake();
        }
    }

    pub(super) fn has_reader(&self) -> bool {
        self.reader.is_some()
    }

    /// Whether it is over, and nobody reads it any more.
    pub(super) fn is_done(&self) -> bool {
        self.is_over && self.reader.is_none()
    }

    /// Bytes that are kept.
    pub(super) fn size(&self) -> usize {
        self.events.iter().map(|event| event.text.len()).sum()
    }

    /// The age of the oldest event, if nobody waits for that. The last one of a stream that nobody has read is its answer, and stays
    /// as long as the stream.
    pub(super) fn spare(&self) -> Option<u64> {
        let is_read = self.first() < self.cursor;
        let is_spare = self.reader.is_none() && self.events.len() > 1;
        let oldest = self.events.front().filter(|_| is_read || is_spare);
        oldest.map(|event| event.age)
    }

    /// Forgets the oldest event. Answers how many bytes it had.
    pub(super) fn forget(&mut self) -> usize {
        self.events.pop_front().map_or(0, |event| event.text.len())
    }

    /// The place of the oldest message that is still known, or of the next one.
    fn first(&self) -> u64 {
        self.next - self.events.len() as u64
    }

    fn id(&self, place: u64) -> EventId {
        EventId {
            stream: self.number,
            place,
        }
    }

    fn dismiss(&mut self) {
        self.wake();
        self.reader = None;
        self.is_paused = false;
    }

    /// Wakes whoever waits for anything of this stream.
    fn wake(&mut self) {
        self.wake_reader();
        self.wake_writers();
    }

    fn wake_reader(&mut self) {
        if let Some(waker) = self.reader.as_mut().and_then(|reader| reader.waker.take()) {
            waker.wake();
        }
    }

    fn wake_writers(&mut self) {
        for writer in self.writers.drain(..) {
            writer.wake();
        }
    }
}
