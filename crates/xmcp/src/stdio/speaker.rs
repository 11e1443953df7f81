//! What a running handler tells and asks the client goes out before its answer, and never after it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    AskError,
    ask::Question,
    context::{Asker, Notification, Notifier},
    server::{self, Questions},
};

/// What all requests of a pipe share.
pub(super) struct Pipe {
    pub(super) outgoing: mpsc::Sender<Bytes>,
    /// What the client has not answered yet.
    pub(super) questions: Arc<Questions>,
    /// Set once nothing more is read.
    pub(super) deaf: CancellationToken,
}

/// One request's way to the client, until it is closed.
pub(super) struct Speaker {
    pipe: Arc<Pipe>,
    /// Held while something is sent.
    is_open: Mutex<bool>,
}

impl Speaker {
    pub(super) fn new(pipe: Arc<Pipe>) -> Self {
        Self {
            pipe,
            is_open: Mutex::new(true),
        }
    }

    /// From here on nothing is sent.
    pub(super) fn close(&self) {
        *self.is_open() = false;
    }

    fn is_open(&self) -> MutexGuard<'_, bool> {
        self.is_open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message once there is room for it. Answers whether it is on its way.
    async fn say(&self, message: Bytes) -> bool {
        if !*self.is_open() {
            return false;
        }
        // An error means that nobody listens any more, which is no failure of the handler's.
        let Ok(room) = self.pipe.outgoing.reserve().await else {
            return false;
        };
        // Sent while the lock is held, because the answer may have gone out during the wait.
        let is_open = self.is_open();
        if *is_open {
            room.send(message);
        }
        *is_open
    }
}

impl Notifier for Speaker {
    fn notify(&self, notification: Notification) -> BoxFuture<'_, ()> {
        let message = server::notification(&notification);
        Box::pin(async move {
            self.say(message).await;
        })
    }
}

impl Asker for Speaker {
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, AskError>> {
        Box::pin(async move {
            let questions = &self.pipe.questions;
            let (id, answer) = questions.ask().ok_or(AskError::Busy)?;
            // Whatever ends this future before there is an answer gives the question up.
            let mut waiting = Waiting {
                pipe: &self.pipe,
                id,
                is_asked: false,
            };
            if self.pipe.deaf.is_cancelled() || !self.say(question.to_message(id)).await {
                return Err(AskError::Gone);
            }
            waiting.is_asked = true;
            match self.pipe.deaf.run_until_cancelled(answer).await {
                Some(Ok(answer)) => answer,
                _ => Err(AskError::Gone),
            }
        })
    }
}

/// A question that waits for its answer, until this is dropped.
struct Waiting<'a> {
    pipe: &'a Pipe,
    id: u64,
    is_asked: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let is_waiting = self.pipe.questions.give_up(self.id);
        if !is_waiting || !self.is_asked {
            return;
        }
        let notification = Notification {
            method: "notifications/cancelled",
            params: json!({ "requestId": self.id, "reason": "the server waits no longer" }),
        };
        // A client that has not read so many messages before this one misses it, which does no harm: its answer is ignored.
        let _ = self
            .pipe
            .outgoing
            .try_send(server::notification(&notification));
    }
}
