//! An answer that begins as a stream only when the handler speaks before it is done: events of Server-Sent Events, then the
//! response, then the end (2026-07-28 basic/transports/streamable-http, "Receiving Messages").

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tracing::Instrument;

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
            // A stream is read, and dropped, where nobody knows the request's span any more.
            work: Some(Box::pin(work.in_current_span())),
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

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Mutex, PoisonError},
        task::Waker,
    };

    use tracing::{Span, info_span, subscriber::set_default};

    use super::*;
    use crate::server::sse::Events as _;

    /// The names of the spans that were entered when somebody looked.
    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<&'static str>>>);

    impl Seen {
        fn look(&self) {
            let name = Span::current().metadata().map(|span| span.name());
            let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(name.unwrap_or("none"));
        }
    }

    struct Last(Seen);

    impl Drop for Last {
        fn drop(&mut self) {
            self.0.look();
        }
    }

    #[test]
    fn what_a_handler_does_while_its_stream_is_read_and_dropped_is_in_the_span_of_its_request() {
        let _log = set_default(tracing_subscriber::registry());
        let seen = Seen::default();
        let (notifier, notifications) = channel();
        let last = Last(seen.clone());
        let work: Work = Box::pin(async move {
            for _ in 0..2 {
                let said = Notification {
                    method: "notifications/message",
                    params: serde_json::Value::Null,
                };
                notifier.notify(said).await;
                tokio::task::yield_now().await;
                last.0.look();
            }
            std::future::pending().await
        });
        let mut context = Context::from_waker(Waker::noop());
        let mut first = pin!(first(work, notifications));
        let span = info_span!("request");
        let first = span.in_scope(|| {
            let _ = first.as_mut().poll(&mut context);
            first.as_mut().poll(&mut context)
        });
        let Poll::Ready(First::Stream(mut events)) = first else {
            panic!("it has said something");
        };
        // More often than it has something to say.
        for _ in 0..6 {
            let _ = events.poll_event(&mut context);
        }
        drop(events);
        assert_eq!(
            *seen.0.lock().unwrap_or_else(PoisonError::into_inner),
            ["request"; 3]
        );
    }
}
