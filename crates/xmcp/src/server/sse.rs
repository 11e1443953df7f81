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

/// A response whose body is a stream of events.
pub(crate) fn response(
    events: impl http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
) -> Response {
    let mut response = Response::new(Body::new(events));
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

/// Says that the stream is alive, whenever nothing else was said for a while.
pub(crate) struct KeepAlive(Pin<Box<Sleep>>);

impl KeepAlive {
    pub(crate) fn new() -> Self {
        Self(Box::pin(sleep(KEEP_ALIVE)))
    }

    /// The next frame of a stream whose next event this is.
    pub(crate) fn frame(
        &mut self,
        event: Poll<Option<Bytes>>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let event = match event {
            Poll::Ready(Some(event)) => event,
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => {
                ready!(self.0.as_mut().poll(context));
                Bytes::from_static(b":\n\n")
            }
        };
        self.0.as_mut().reset(Instant::now() + KEEP_ALIVE);
        // A reset timer wakes nobody until it is polled.
        let _ = self.0.as_mut().poll(context);
        Poll::Ready(Some(Ok(Frame::data(event))))
    }
}
