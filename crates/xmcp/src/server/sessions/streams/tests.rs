//! What streams say, keep and forget.

use std::task::Waker;

use futures_util::FutureExt;
use proptest::{collection::vec, prelude::*};

use super::{stream::QUEUE, *};
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
