//! One `subscriptions/listen`, from its acknowledgement to its last frame, on any transport.

use std::task::{Context, Poll, ready};

use bytes::Bytes;
use bytestring::ByteString;
use futures_util::future::BoxFuture;

use super::{Audience, Filter, notification};
use crate::server::{
    changes::{Change, Changes, Listener},
    encode, id_of,
    places::Place,
    sse,
};

/// What one client listens to, until this is dropped.
pub(crate) struct Subscription {
    /// The request's id, as JSON text.
    id: ByteString,
    acknowledgement: Option<Bytes>,
    news: Listener,
    /// Counts it among the server's subscriptions.
    _place: Place,
}

impl Subscription {
    /// Listens from now on to what the filter names, which is what this server can tell.
    pub(crate) fn open(id: ByteString, filter: &Filter, changes: &Changes, place: Place) -> Self {
        Self {
            acknowledgement: Some(notification::acknowledged(filter, id_of(&id))),
            news: changes.listen(filter.interest()),
            id,
            _place: place,
        }
    }

    /// The next message. The first one acknowledges.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        self.poll_next_of(context, |_| true)
    }

    /// The next message, of those changes that the listener may know of.
    fn poll_next_of(
        &mut self,
        context: &mut Context<'_>,
        may_know: impl Fn(&Change) -> bool,
    ) -> Poll<Bytes> {
        if let Some(acknowledgement) = self.acknowledgement.take() {
            return Poll::Ready(acknowledgement);
        }
        loop {
            let change = ready!(self.news.poll_next(context));
            if may_know(&change) {
                return Poll::Ready(notification::changed(&change, Some(id_of(&self.id))));
            }
        }
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
    audience: Audience,
    /// Ends when the server has no more to tell this client.
    end: BoxFuture<'static, ()>,
}

impl Events {
    pub(crate) fn new(
        subscription: Subscription,
        audience: Audience,
        end: BoxFuture<'static, ()>,
    ) -> Self {
        Self {
            subscription: Some(subscription),
            audience,
            end,
        }
    }

    fn poll_message(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let Some(subscription) = &mut self.subscription else {
            return Poll::Ready(None);
        };
        let may_know = |change: &Change| self.audience.may_know(change);
        if let Poll::Ready(message) = subscription.poll_next_of(context, may_know) {
            return Poll::Ready(Some(message));
        }
        ready!(self.end.as_mut().poll(context));
        let last = subscription.last();
        self.subscription = None;
        Poll::Ready(Some(last))
    }
}

impl sse::Events for Events {
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let message = self.poll_message(context);
        message.map(|message| message.as_deref().map(sse::message))
    }
}
