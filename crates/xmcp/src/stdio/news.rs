//! What changed, for the client of a pipe.

use std::{future::poll_fn, sync::Arc};

use bytes::Bytes;
use bytestring::ByteString;
use tokio::sync::mpsc;

use crate::server::{
    self, Server,
    audit::Audit,
    changes::{Interest, Listener},
    jsonrpc::{Id, RpcError, code},
    subscriptions::{self, Filter, Subscription},
};

/// What the client is told of between its requests.
pub(super) struct News {
    server: Arc<Server>,
    outgoing: mpsc::Sender<Bytes>,
    /// Of a client that opened with `initialize`.
    listener: Listener,
}

impl News {
    pub(super) fn new(server: Arc<Server>, outgoing: mpsc::Sender<Bytes>) -> Self {
        Self {
            listener: server.changes.listen(Interest::default()),
            server,
            outgoing,
        }
    }

    /// The client has opened with `initialize`, so it is told of lists from now on.
    pub(super) fn begin(&self) {
        self.listener.want_lists();
    }

    /// Answers `resources/subscribe`. On a pipe nobody is signed in.
    pub(super) fn subscribe(&self, uri: &str) -> Result<(), RpcError> {
        self.server.may_read(uri, None)?;
        subscriptions::watch(&self.listener, uri)
    }

    /// Answers `resources/unsubscribe`.
    pub(super) fn unsubscribe(&self, uri: &str) {
        self.listener.unwatch(uri);
    }

    /// Tells what the client listens to since its `initialize`, until nobody takes it any more.
    pub(super) async fn tell(&self) {
        loop {
            let change = self.listener.next().await;
            let message = subscriptions::changed(&change, None);
            if self.outgoing.send(message).await.is_err() {
                return;
            }
        }
    }

    /// Answers `subscriptions/listen` of this id, after telling what it asks for until the server ends.
    pub(super) async fn listen(&self, id: Id<'_>, filter: &Filter, audit: &Audit) -> Bytes {
        let Ok(place) = self.server.subscriptions.take(None) else {
            let error = RpcError::new(code::UNAVAILABLE, "the server has too many subscriptions");
            audit.erred(&error, None);
            return server::error_response(Some(id), &error);
        };
        audit.allowed();
        let id = ByteString::from(id.as_str());
        let mut subscription = Subscription::open(id, filter, &self.server.changes, place);
        let telling = async {
            loop {
                let message = poll_fn(|context| subscription.poll_next(context)).await;
                if self.outgoing.send(message).await.is_err() {
                    return;
                }
            }
        };
        tokio::select! {
            biased;
            () = telling => {}
            () = self.server.closing.cancelled() => {}
        }
        subscription.last()
    }
}
