//! What a running handler tells the client goes out before its answer, and never after it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use crate::{
    context::{Notification, Notifier},
    server,
};

/// One request's way to the client, until it is closed.
#[derive(Debug)]
pub(super) struct Speaker(Mutex<Option<mpsc::Sender<Bytes>>>);

impl Speaker {
    pub(super) fn new(outgoing: mpsc::Sender<Bytes>) -> Self {
        Self(Mutex::new(Some(outgoing)))
    }

    /// From here on nothing is sent.
    pub(super) fn close(&self) {
        *self.outgoing() = None;
    }

    fn outgoing(&self) -> MutexGuard<'_, Option<mpsc::Sender<Bytes>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Notifier for Speaker {
    fn notify(&self, notification: Notification) -> BoxFuture<'_, ()> {
        let message = server::notification(&notification);
        Box::pin(async move {
            let Some(outgoing) = self.outgoing().clone() else {
                return;
            };
            // An error means that nobody listens any more, which is no failure of the handler's.
            let Ok(room) = outgoing.reserve().await else {
                return;
            };
            // Sent while the lock is held, because the answer may have gone out during the wait.
            let outgoing = self.outgoing();
            if outgoing.is_some() {
                room.send(message);
            }
        })
    }
}
