//! The body of a request on HTTP/1, which is the only thing between it and the next one.
//!
//! An answer may be complete before the body was read: who has no token is refused by the head alone. When the rest is not there yet,
//! hyper then closes the connection and does not say so, and a client that keeps it finds its next request unanswered. So
//! the answer has to say it, and that needs to be known.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    body::HttpBody,
    http::{HeaderMap, HeaderValue, Version, header},
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;

use super::activity::Activity;

/// A body that notes when its last byte was taken, and then lets the connection sleep, see [`super::alarm`].
pub(super) struct RequestBody {
    body: Incoming,
    /// Until then, and on HTTP/1 only.
    unread: Option<Arc<Activity>>,
}

impl RequestBody {
    pub(super) fn new(body: Incoming, version: Version, activity: &Arc<Activity>) -> Self {
        let is_awaited = version < Version::HTTP_2 && !body.is_end_stream();
        if is_awaited {
            activity.awaits_body();
        }
        Self {
            body,
            unread: is_awaited.then(|| Arc::clone(activity)),
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let Some(activity) = &self.unread {
            activity.leaves_body();
        }
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let this = &mut *self;
        let Some(activity) = &this.unread else {
            return Pin::new(&mut this.body).poll_frame(context);
        };
        let (poll, is_over) = activity.alarm().held_back(|| {
            let poll = Pin::new(&mut this.body).poll_frame(context);
            let is_over = matches!(poll, Poll::Ready(None)) || this.body.is_end_stream();
            (poll, is_over)
        });
        if is_over {
            activity.has_body();
            this.unread = None;
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Says in the head of an answer that no further request is taken.
pub(super) fn announce_end(answer: &mut HeaderMap) {
    answer.insert(header::CONNECTION, HeaderValue::from_static("close"));
}
