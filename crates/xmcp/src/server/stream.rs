//! An answer that begins as a stream only when the handler speaks before it is done: events of Server-Sent Events, then the
//! response, then the end (2026-07-28 basic/transports/streamable-http, "Receiving Messages").

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use super::{answer::Answer, encode, sse};
use crate::context::{Notification, Notifier};

/// How many notifications wait for a slow client before the handler does.
const QUEUE: usize = 16;

/// The sending end that a handler's context holds.
struct Sender(mpsc::Sender<Bytes>);

impl Notifier for Sender {
    fn notify(&self, notification: Notification) -> BoxFuture<'_, ()> {
        let message = encode::notification(&notification);
        // The error means that nobody listens any more, which is no failure of the handler's.
        Box::pin(async move { drop(self.0.send(message).await) })
    }
}

/// A notifier, and what its notifications arrive at.
pub(crate) fn channel() -> (Arc<dyn Notifier>, mpsc::Receiver<Bytes>) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (Arc::new(Sender(sender)), receiver)
}

/// A handler at work, to its answer.
pub(crate) type Work = BoxFuture<'static, Answer>;

/// What came first of a running handler.
pub(crate) enum First {
    /// Its response, with nothing said before.
    Response(Answer),
    /// A notification: the rest is a stream.
    Stream(Events),
}

/// Runs a handler until it answers or speaks.
pub(crate) async fn first(mut work: Work, mut notifications: mpsc::Receiver<Bytes>) -> First {
    tokio::select! {
        biased;
        Some(notification) = notifications.recv() => First::Stream(Events::new(notification, work, notifications)),
        answer = &mut work => match notifications.try_recv() {
            Ok(notification) => {
                let answered = Box::pin(std::future::ready(answer));
                First::Stream(Events::new(notification, answered, notifications))
            }
            Err(_) => First::Response(answer),
        },
    }
}

/// The body of a streamed answer. Dropping it drops the handler.
pub(crate) struct Events {
    first: Option<Bytes>,
    work: Option<Work>,
    notifications: mpsc::Receiver<Bytes>,
    response: Option<Bytes>,
}

impl Events {
    fn new(first: Bytes, work: Work, notifications: mpsc::Receiver<Bytes>) -> Self {
        Self {
            first: Some(first),
            work: Some(work),
            notifications,
            response: None,
        }
    }

    /// The next message: what was said, in order, and the response last.
    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        // What a context that outlives its request says then goes nowhere.
        if self.work.is_none() && self.response.is_none() {
            return Poll::Ready(None);
        }
        if let Poll::Ready(Some(notification)) = self.notifications.poll_recv(context) {
            return Poll::Ready(Some(notification));
        }
        if let Some(work) = &mut self.work {
            let answer = std::task::ready!(work.as_mut().poll(context));
            self.work = None;
            self.response = Some(answer.message);
            // What the handler said in its last moments goes before its answer.
            if let Ok(notification) = self.notifications.try_recv() {
                return Poll::Ready(Some(notification));
            }
        } else if let Ok(notification) = self.notifications.try_recv() {
            return Poll::Ready(Some(notification));
        }
        Poll::Ready(self.response.take())
    }
}

impl sse::Events for Events {
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let message = self.poll_message(context);
        message.map(|message| message.as_deref().map(sse::message))
    }
}
