//! What all streams of Server-Sent Events have in common: their head, the form of a message, and a sign of life when nothing is said.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::Body, response::Response};
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderName, HeaderValue, header};
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep};

/// A comment is sent after so long without an event, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What a stream says.
pub(crate) trait Events: Send + Unpin + 'static {
    /// The next event as it is sent, or the end.
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;
}

/// A response whose body is a stream of events. When the client goes, they are dropped.
pub(crate) fn response(events: impl Events) -> Response {
    let mut response = Response::new(Body::new(Stream {
        events,
        keep_alive: Box::pin(sleep(KEEP_ALIVE)),
    }));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// One message. JSON text has no line breaks, so one `data` line holds it.
pub(crate) fn message(message: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(message.len() + 24);
    event.put_slice(b"event: message\ndata: ");
    event.put_slice(message);
    event.put_slice(b"\n\n");
    event.freeze()
}

/// Events as a body that says that it is alive whenever nothing else was said for a while.
struct Stream<E> {
    events: E,
    keep_alive: Pin<Box<Sleep>>,
}

impl<E: Events> http_body::Body for Stream<E> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let event = match self.events.poll_event(context) {
            Poll::Ready(Some(event)) => event,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => {
                ready!(self.keep_alive.as_mut().poll(context));
                Bytes::from_static(b":\n\n")
            }
        };
        self.keep_alive.as_mut().reset(Instant::now() + KEEP_ALIVE);
        // A reset timer wakes nobody until it is polled.
        let _ = self.keep_alive.as_mut().poll(context);
        Poll::Ready(Some(Ok(Frame::data(event))))
    }
}
