//! One `subscriptions/listen`, from its acknowledgement to its last frame, on any transport.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body::{Body, Frame};
use tokio::sync::OwnedSemaphorePermit;

use super::{Filter, notification};
use crate::server::{
    changes::{Changes, Listener},
    encode, id_of,
    sse::{self, KeepAlive},
};

/// What one client listens to, until this is dropped.
pub(crate) struct Subscription {
    /// The request's id, as JSON text.
    id: Bytes,
    acknowledgement: Option<Bytes>,
    news: Listener,
    /// Counts it among the server's subscriptions.
    _place: OwnedSemaphorePermit,
}

impl Subscription {
    /// Listens from now on to what the filter names, which is what this server can tell.
    pub(crate) fn open(
        id: Bytes,
        filter: &Filter,
        changes: &Changes,
        place: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            acknowledgement: Some(notification::acknowledged(filter, id_of(&id))),
            news: changes.listen(filter.interest()),
            id,
            _place: place,
        }
    }

    /// The next message. The first one acknowledges.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        if let Some(acknowledgement) = self.acknowledgement.take() {
            return Poll::Ready(acknowledgement);
        }
        let change = ready!(self.news.poll_next(context));
        Poll::Ready(notification::changed(&change, Some(id_of(&self.id))))
    }

    /// The response that ends it, when the server has no more to tell.
    pub(crate) fn last(&self) -> Bytes {
        let id = id_of(&self.id);
        encode::response(id, &notification::closed(id))
    }
}

/// A subscription as the body of a response. Dropping it ends it.
pub(crate) struct Events {
    /// `None` once its last frame is out.
    subscription: Option<Subscription>,
    /// Ends when the server has no more to tell this client.
    end: BoxFuture<'static, ()>,
    keep_alive: KeepAlive,
}

impl Events {
    pub(crate) fn new(subscription: Subscription, end: BoxFuture<'static, ()>) -> Self {
        Self {
            subscription: Some(subscription),
            end,
            keep_alive: KeepAlive::new(),
        }
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(subscription) = &mut self.subscription else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(message) = subscription.poll_next(context) {
            return Poll::Ready(Some(message));
        }
        ready!(self.end.as_mut().poll(context));
        let last = subscription.last();
        self.subscription = None;
        Poll::Ready(Some(last))
    }
}

impl Body for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        let event = this.poll_message(context);
        let event = event.map(|message| message.as_deref().map(sse::message));
        this.keep_alive.frame(event, context)
    }
}
