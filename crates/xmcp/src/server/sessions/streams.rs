//! The streams of one session: what was said on each, who reads it, and what of it can be said again.
//!
//! 1. A message belongs to one stream, and a stream has one reader at a time; a later one takes the earlier one's place. So no message
//!    is sent twice at the same time, and none on another stream (2025-11-25 basic/transports, "Multiple Connections").
//! 2. What was sent is kept to be sent again after a lost connection, the oldest forgotten first: at most a [`Share`] of bytes and
//!    [`KEPT`] streams that are over. What waits for a reader that is there is never forgotten.
//! 3. Who says something to a slow reader waits for it. Where nobody reads, nobody waits.

use std::{
    collections::{BTreeMap, VecDeque},
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use bytes::Bytes;

use super::{
    event::{self, EventId},
    replay::{Room, Share},
};

/// The stream that a client opens by GET, for what belongs to no request.
pub(super) const STANDALONE: u64 = 0;
/// Streams that are over and can still be read again.
const KEPT: usize = 64;
/// How many messages wait for a slow reader before those who speak do.
const QUEUE: u64 = 16;

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
    /// Events so far, by which their age is known.
    clock: u64,
    /// The session is over, and so is every stream.
    is_over: bool,
}

#[derive(Default)]
struct Stream {
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
            Some(stream) if !stream.is_over && stream.is_full() => {
                if !stream
                    .writers
                    .iter()
                    .any(|waker| waker.will_wake(context.waker()))
                {
                    stream.writers.push(context.waker().clone());
                }
                Poll::Pending
            }
            _ => Poll::Ready(()),
        })
        .await;
    }

    /// The last message of a stream has been said.
    pub(super) fn finish(&self, stream: u64) {
        let mut all = self.all();
        if let Some(stream) = all.streams.get_mut(&stream) {
            stream.is_over = true;
            stream.wake();
        }
        all.forget();
    }

    /// Sends the reader of a stream away, which goes on. It comes back for the rest.
    pub(super) fn pause(&self, stream: u64) {
        let mut all = self.all();
        if let Some(stream) = all.streams.get_mut(&stream)
            && stream.reader.is_some()
        {
            stream.is_paused = true;
            stream.wake();
        }
    }

    /// Ends every stream at once.
    pub(super) fn end(&self) {
        let mut all = self.all();
        all.is_over = true;
        for stream in all.streams.values_mut() {
            stream.is_over = true;
            stream.wake();
        }
    }

    /// A reader for a stream from its next message on. `primed`: it is told first what to ask for after a lost connection.
    pub(super) fn read(&self, stream: u64, primed: bool) -> Option<Ticket> {
        let mut all = self.all();
        let state = all.streams.get_mut(&stream)?;
        let reader = state.admit(primed);
        Some(Ticket { stream, reader })
    }

    /// A reader for what came after this event on its stream. `None` when no such event was sent here, or its stream is forgotten.
    pub(super) fn resume(&self, last: EventId) -> Option<Ticket> {
        let mut all = self.all();
        let state = all.streams.get_mut(&last.stream)?;
        // What was never sent cannot have been read.
        if last.place > state.sent {
            return None;
        }
        let reader = state.admit(false);
        state.cursor = (last.place + 1).max(state.first());
        Some(Ticket {
            stream: last.stream,
            reader,
        })
    }

    /// The next event for a reader; `None` when there will be none.
    pub(super) fn poll(&self, ticket: Ticket, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let mut all = self.all();
        if all.is_over {
            return Poll::Ready(None);
        }
        let event = match all.streams.get_mut(&ticket.stream) {
            Some(stream) if stream.readers == ticket.reader => stream.poll(ticket.stream, context),
            _ => Poll::Ready(None),
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
            if stream.readers == ticket.reader {
                stream.dismiss();
            } else {
                // Whatever else the one that has gone waited for may have woken it instead of its successor.
                stream.wake();
            }
        }
        all.forget();
    }

    /// Whether anybody reads any of the streams.
    pub(super) fn has_readers(&self) -> bool {
        let all = self.all();
        all.streams.values().any(|stream| stream.reader.is_some())
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn open(&mut self) -> u64 {
        let number = self.next;
        self.next += 1;
        let stream = Stream {
            next: 1,
            cursor: 1,
            is_over: self.is_over,
            ..Stream::default()
        };
        self.streams.insert(number, stream);
        number
    }

    fn say(&mut self, number: u64, message: &[u8]) {
        let Some(stream) = self.streams.get_mut(&number) else {
            return;
        };
        if stream.is_over {
            return;
        }
        let id = EventId {
            stream: number,
            place: stream.next,
        };
        let text = event::message(id, message);
        self.size += text.len();
        self.clock += 1;
        stream.events.push_back(Event {
            text,
            age: self.clock,
        });
        stream.next += 1;
        if let Some(waker) = stream
            .reader
            .as_mut()
            .and_then(|reader| reader.waker.take())
        {
            waker.wake();
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
            let oldest = self
                .streams
                .values_mut()
                .filter(|stream| stream.may_forget())
                .min_by_key(|stream| stream.events[0].age);
            let Some(event) = oldest.and_then(|stream| stream.events.pop_front()) else {
                break;
            };
            self.size -= event.text.len();
        }
        let is_done = |stream: &Stream| stream.is_over && stream.reader.is_none();
        let done = self
            .streams
            .values()
            .filter(|stream| is_done(stream))
            .count();
        // Answers that nobody came for may be large: then only the newest is kept, if there is room for it at all.
        let kept = match self.size > room.bytes {
            true => usize::from(!room.is_scarce),
            false => KEPT,
        };
        for _ in kept..done {
            let oldest = self.streams.iter().find(|(_, stream)| is_done(stream));
            let Some(stream) = oldest
                .map(|(number, _)| *number)
                .and_then(|number| self.streams.remove(&number))
            else {
                break;
            };
            self.size -= stream
                .events
                .iter()
                .map(|event| event.text.len())
                .sum::<usize>();
        }
    }
}

impl Stream {
    /// The place of the oldest message that is still known, or of the next one.
    fn first(&self) -> u64 {
        self.next - self.events.len() as u64
    }

    fn is_full(&self) -> bool {
        self.reader.is_some() && self.next - self.cursor >= QUEUE
    }

    /// Whether the oldest event is one that nobody waits for. The last one of a stream that nobody has read is its answer, and
    /// stays as long as the stream.
    fn may_forget(&self) -> bool {
        let is_read = self.first() < self.cursor;
        let is_spare = self.reader.is_none() && self.events.len() > 1;
        !self.events.is_empty() && (is_read || is_spare)
    }

    fn admit(&mut self, is_new: bool) -> u64 {
        self.dismiss();
        self.readers += 1;
        self.reader = Some(Reader {
            waker: None,
            is_new,
        });
        self.cursor = self.cursor.max(self.first());
        self.readers
    }

    fn dismiss(&mut self) {
        self.wake();
        self.reader = None;
        self.is_paused = false;
    }

    /// Wakes whoever waits for anything of this stream.
    fn wake(&mut self) {
        if let Some(waker) = self.reader.as_mut().and_then(|reader| reader.waker.take()) {
            waker.wake();
        }
        for writer in self.writers.drain(..) {
            writer.wake();
        }
    }

    fn poll(&mut self, number: u64, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(reader) = &mut self.reader else {
            return Poll::Ready(None);
        };
        if std::mem::take(&mut reader.is_new) {
            let id = EventId {
                stream: number,
                place: self.cursor - 1,
            };
            return Poll::Ready(Some(event::priming(id)));
        }
        let index = usize::try_from(self.cursor - (self.next - self.events.len() as u64));
        if let Some(event) = index.ok().and_then(|index| self.events.get(index)) {
            let text = event.text.clone();
            self.sent = self.sent.max(self.cursor);
            self.cursor += 1;
            for writer in self.writers.drain(..) {
                writer.wake();
            }
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
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use futures_util::FutureExt;
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::server::sessions::replay::Replay;

    /// What a reader gets without waiting, and whether that was all.
    fn read(streams: &Streams, ticket: Ticket) -> (Vec<String>, bool) {
        let mut context = Context::from_waker(Waker::noop());
        let mut events = Vec::new();
        loop {
            match streams.poll(ticket, &mut context) {
                Poll::Ready(Some(event)) => events.push(String::from_utf8(event.to_vec()).unwrap()),
                Poll::Ready(None) => return (events, true),
                Poll::Pending => return (events, false),
            }
        }
    }

    fn event(stream: u64, place: u64, message: &str) -> String {
        format!("id: {stream}-{place}\nevent: message\ndata: {message}\n\n")
    }

    fn id(text: &str) -> EventId {
        EventId::parse(text).unwrap()
    }

    #[test]
    fn a_stream_begins_with_what_to_ask_for_and_ends_with_its_last_message() {
        let streams = Streams::new(Share::of(1000));
        let stream = streams.open();
        let ticket = streams.read(stream, true).unwrap();
        streams.say(stream, b"1");
        streams.say(stream, b"2");
        let primed = format!("id: {stream}-0\nretry: 1000\ndata: \n\n");
        assert_eq!(
            read(&streams, ticket),
            (
                vec![primed, event(stream, 1, "1"), event(stream, 2, "2")],
                false
            )
        );
        streams.finish(stream);
        streams.say(stream, b"too late");
        assert_eq!(read(&streams, ticket), (vec![], true));
    }

    #[test]
    fn a_reader_that_comes_back_gets_what_came_after_and_only_of_its_stream() {
        let streams = Streams::new(Share::of(1000));
        let (one, two) = (streams.open(), streams.open());
        let ticket = streams.read(one, false).unwrap();
        for message in ["a", "b", "c"] {
            streams.say(one, message.as_bytes());
            streams.say(two, b"other");
        }
        assert_eq!(read(&streams, ticket).0.len(), 3);
        streams.leave(ticket);
        streams.say(one, b"d");
        streams.finish(one);
        let messages = ["a", "b", "c", "d"];
        for last in 0..messages.len() {
            let rest = messages.iter().zip(1..).skip(last);
            let expected: Vec<String> = rest.map(|(text, place)| event(one, place, text)).collect();
            let ticket = streams.resume(id(&format!("{one}-{last}"))).unwrap();
            assert_eq!(read(&streams, ticket), (expected, true), "{last}");
        }
    }

    #[test]
    fn what_was_never_sent_cannot_be_come_back_for() {
        let streams = Streams::new(Share::of(1000));
        let stream = streams.open();
        streams.say(stream, b"a");
        for unknown in [
            format!("{stream}-1"),
            format!("{stream}-7"),
            "9-1".to_owned(),
        ] {
            assert!(streams.resume(id(&unknown)).is_none(), "{unknown}");
        }
        let ticket = streams.read(stream, false).unwrap();
        read(&streams, ticket);
        assert!(streams.resume(id(&format!("{stream}-1"))).is_some());
    }

    #[test]
    fn a_later_reader_takes_the_place_of_an_earlier_one() {
        let streams = Streams::new(Share::of(1000));
        let first = streams.read(STANDALONE, false).unwrap();
        let second = streams.read(STANDALONE, false).unwrap();
        streams.say(STANDALONE, b"a");
        assert_eq!(read(&streams, first), (vec![], true));
        assert_eq!(read(&streams, second).0, [event(0, 1, "a")]);
        streams.leave(first);
        assert!(streams.has_readers(), "the later one is still there");
        streams.leave(second);
        assert!(!streams.has_readers());
    }

    #[test]
    fn a_reader_that_is_sent_away_is_told_when_to_come_back_for_the_rest() {
        let streams = Streams::new(Share::of(1000));
        let stream = streams.open();
        let ticket = streams.read(stream, false).unwrap();
        streams.say(stream, b"a");
        streams.pause(stream);
        let expected = vec![event(stream, 1, "a"), "retry: 1000\n\n".to_owned()];
        assert_eq!(read(&streams, ticket), (expected, true));
        streams.say(stream, b"b");
        streams.finish(stream);
        let ticket = streams.resume(id(&format!("{stream}-1"))).unwrap();
        assert_eq!(read(&streams, ticket), (vec![event(stream, 2, "b")], true));
    }

    #[test]
    fn the_oldest_is_forgotten_first_and_never_what_a_reader_waits_for() {
        let length = event(1, 1, "x").len();
        let streams = Streams::new(Share::of(3 * length));
        let (one, two) = (streams.open(), streams.open());
        let waiting = streams.read(two, false).unwrap();
        for _ in 0..5 {
            streams.say(one, b"x");
        }
        for _ in 0..4 {
            streams.say(two, b"y");
        }
        assert_eq!(read(&streams, waiting).0.len(), 4, "none of them is lost");
        streams.finish(one);
        let ticket = streams.read(one, false).unwrap();
        assert_eq!(
            read(&streams, ticket),
            (vec![event(one, 5, "x")], true),
            "an answer is kept"
        );
    }

    #[test]
    fn of_answers_too_large_to_keep_the_newest_is_kept() {
        let streams = Streams::new(Share::of(10));
        for _ in 0..3 {
            let stream = streams.open();
            streams.say(stream, b"a long answer");
            streams.finish(stream);
        }
        assert!(streams.resume(id("2-0")).is_none());
        let ticket = streams.resume(id("3-0")).unwrap();
        assert_eq!(
            read(&streams, ticket),
            (vec![event(3, 1, "a long answer")], true)
        );
    }

    #[test]
    fn not_even_that_is_kept_when_all_sessions_keep_too_much() {
        let replay = Replay::default();
        let streams = Streams::new(replay.share());
        let mut others = replay.share();
        let is_kept = || {
            let stream = streams.open();
            streams.say(stream, &[b'x'; 100_000]);
            streams.finish(stream);
            streams.resume(EventId { stream, place: 0 }).is_some()
        };
        assert!(is_kept());
        others.count(1024 * 1024 * 1024);
        assert!(!is_kept());
        drop(others);
        assert!(is_kept());
    }

    #[test]
    fn only_so_many_finished_streams_are_kept() {
        let streams = Streams::new(Share::of(1_000_000));
        let numbers: Vec<u64> = (0..KEPT + 3)
            .map(|_| {
                let stream = streams.open();
                streams.say(stream, b"a");
                streams.finish(stream);
                stream
            })
            .collect();
        assert!(streams.resume(id(&format!("{}-0", numbers[2]))).is_none());
        assert!(streams.resume(id(&format!("{}-0", numbers[3]))).is_some());
    }

    #[tokio::test]
    async fn who_speaks_waits_for_a_slow_reader_and_for_no_absent_one() {
        let streams = Streams::new(Share::of(100_000));
        let stream = streams.open();
        for _ in 0..100 {
            assert!(streams.room(stream).now_or_never().is_some());
            streams.say(stream, b"nobody reads");
        }
        let ticket = streams.read(stream, false).unwrap();
        assert!(streams.room(stream).now_or_never().is_none());
        read(&streams, ticket);
        assert!(streams.room(stream).now_or_never().is_some());
        for _ in 0..QUEUE {
            streams.say(stream, b"more");
        }
        assert!(streams.room(stream).now_or_never().is_none());
        streams.leave(ticket);
        assert!(streams.room(stream).now_or_never().is_some());
    }

    /// What happens to two streams and the client that reads them.
    #[derive(Clone, Debug)]
    enum Step {
        Say(usize),
        /// The client takes so many events.
        Take(usize, usize),
        /// The connection is lost, with so many events that the client has not looked at.
        Lose(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..2_usize).prop_map(Step::Say),
            (0..2_usize, 1..4_usize).prop_map(|(stream, most)| Step::Take(stream, most)),
            (0..2_usize, 0..3_usize).prop_map(|(stream, lost)| Step::Lose(stream, lost)),
        ]
    }

    /// A client of one stream, which comes back after each loss.
    struct Client {
        stream: u64,
        ticket: Ticket,
        /// The places of the messages that it has looked at, in order.
        seen: Vec<u64>,
    }

    impl Client {
        fn new(streams: &Streams) -> Self {
            let stream = streams.open();
            let ticket = streams.read(stream, true).unwrap();
            Self {
                stream,
                ticket,
                seen: Vec::new(),
            }
        }

        fn take(&mut self, streams: &Streams, most: usize) {
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..most {
                let Poll::Ready(Some(event)) = streams.poll(self.ticket, &mut context) else {
                    return;
                };
                let text = String::from_utf8(event.to_vec()).unwrap();
                let id = text.lines().next().unwrap().trim_start_matches("id: ");
                let id = EventId::parse(id).unwrap();
                assert_eq!(id.stream, self.stream);
                if id.place > 0 {
                    self.seen.push(id.place);
                }
            }
        }

        fn lose(&mut self, streams: &Streams, lost: usize) {
            streams.leave(self.ticket);
            self.seen.truncate(self.seen.len().saturating_sub(lost));
            let last = EventId {
                stream: self.stream,
                place: self.seen.last().copied().unwrap_or(0),
            };
            self.ticket = streams.resume(last).unwrap();
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_client_that_comes_back_sees_every_message_once_and_in_order(steps in vec(step(), 0..60)) {
            let streams = Streams::new(Share::of(1_000_000));
            let mut clients = [Client::new(&streams), Client::new(&streams)];
            let mut said = [0; 2];
            for step in steps {
                match step {
                    Step::Say(stream) => {
                        streams.say(clients[stream].stream, b"{}");
                        said[stream] += 1;
                    }
                    Step::Take(stream, most) => clients[stream].take(&streams, most),
                    Step::Lose(stream, lost) => clients[stream].lose(&streams, lost),
                }
            }
            for (client, said) in clients.iter_mut().zip(said) {
                streams.finish(client.stream);
                client.lose(&streams, 1);
                client.take(&streams, usize::MAX);
                prop_assert!(client.seen.iter().copied().eq(1..=said));
            }
        }
    }

    #[test]
    fn the_end_of_a_session_ends_its_streams() {
        let streams = Streams::new(Share::of(1000));
        let stream = streams.open();
        streams.say(stream, b"a");
        let ticket = streams.read(stream, true).unwrap();
        streams.end();
        assert_eq!(read(&streams, ticket), (vec![], true));
    }
}
