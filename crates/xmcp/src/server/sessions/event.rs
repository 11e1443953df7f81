//! Events of Server-Sent Events as a session's streams send them: each has an id that names its stream and its place there.

use bytes::{BufMut, Bytes, BytesMut};

/// How long a client waits before it comes back for the rest of a stream, in milliseconds.
const RETRY: u32 = 1000;

/// The place of an event: `3-7` is the seventh of the stream 3. Unique within its session, and a cursor within its stream
/// (2025-11-25 basic/transports, "Resumability and Redelivery").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct EventId {
    pub(in crate::server) stream: u64,
    /// 0 is the event that primes the stream; messages count from 1.
    pub(in crate::server) place: u64,
}

impl EventId {
    /// The id of a `Last-Event-ID`, if this server can have written it.
    pub(in crate::server) fn parse(text: &str) -> Option<Self> {
        let (stream, place) = text.split_once('-')?;
        Some(Self {
            stream: number(stream)?,
            place: number(place)?,
        })
    }
}

fn number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// One message. JSON text has no line breaks, so one `data` line holds it.
pub(super) fn message(id: EventId, message: &[u8]) -> Bytes {
    let mut event = head(id, message.len());
    event.put_slice(b"event: message\ndata: ");
    event.put_slice(message);
    event.put_slice(b"\n\n");
    event.freeze()
}

/// The event that begins a stream: without data, so that a client which loses the connection at once knows what to ask for.
pub(super) fn priming(id: EventId) -> Bytes {
    let mut event = head(id, 0);
    event.put_slice(format!("retry: {RETRY}\ndata: \n\n").as_bytes());
    event.freeze()
}

/// What stands before the end of a connection whose stream goes on.
pub(super) fn pause() -> Bytes {
    format!("retry: {RETRY}\n\n").into()
}

fn head(id: EventId, size: usize) -> BytesMut {
    let mut event = BytesMut::with_capacity(size + 64);
    event.put_slice(format!("id: {}-{}\n", id.stream, id.place).as_bytes());
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_name_their_stream_and_place() {
        let id = EventId {
            stream: 3,
            place: 7,
        };
        assert_eq!(message(id, b"{}"), "id: 3-7\nevent: message\ndata: {}\n\n");
        assert_eq!(priming(id), "id: 3-7\nretry: 1000\ndata: \n\n");
        assert_eq!(EventId::parse("3-7"), Some(id));
    }

    #[test]
    fn an_id_that_no_event_had_is_none() {
        for text in [
            "",
            "3",
            "-",
            "3-",
            "-7",
            "+3-7",
            "3--7",
            "3-7-1",
            "a-1",
            "99999999999999999999999-1",
        ] {
            assert_eq!(EventId::parse(text), None, "{text}");
        }
    }
}
