//! One of a session's streams as the body of a response.

use std::{
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::future::BoxFuture;

use super::{
    session::TransportSession,
    streams::{STANDALONE, Ticket},
};
use crate::server::{
    sse,
    subscriptions::{self, Audience},
};

/// What is said on a stream, to one reader of it. Dropping it leaves the stream to the next.
pub(super) struct Events {
    session: Arc<TransportSession>,
    ticket: Ticket,
    /// Who reads what changes, on the client's own stream.
    audience: Option<Audience>,
    /// Ends the connection before its stream ends.
    end: Option<BoxFuture<'static, ()>>,
}

impl Events {
    pub(super) fn new(
        session: Arc<TransportSession>,
        ticket: Ticket,
        end: Option<BoxFuture<'static, ()>>,
    ) -> Self {
        Self {
            session,
            ticket,
            audience: None,
            end,
        }
    }

    /// Read by this caller.
    pub(super) fn by(mut self, audience: Audience) -> Self {
        self.audience = Some(audience);
        self
    }
}

impl sse::Events for Events {
    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let streams = &self.session.streams;
        let mut event = streams.poll(self.ticket, context);
        // What changed is said only to a reader that is there and has read everything else, so it need not wait in the stream.
        while event.is_pending()
            && self.ticket.stream == STANDALONE
            && let Poll::Ready(change) = self.session.news.poll_next(context)
        {
            let may_know = |audience: &Audience| audience.may_know(&change);
            if !self.audience.as_ref().is_none_or(may_know) {
                continue;
            }
            streams.say(STANDALONE, &subscriptions::changed(&change, None));
            event = streams.poll(self.ticket, context);
        }
        let is_ended = event.is_pending()
            && self
                .end
                .as_mut()
                .is_some_and(|end| end.as_mut().poll(context).is_ready());
        if is_ended { Poll::Ready(None) } else { event }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.session.streams.leave(self.ticket);
        self.session.touch();
    }
}
