//! Questions to the client of a session: requests on the stream of the call that asks, answered by POST.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::session::TransportSession;
use crate::{
    AskError,
    ask::Question,
    context::{Asker, Notification},
    server::encode,
};

/// What asks during one call.
pub(super) struct SessionAsker {
    pub(super) session: Arc<TransportSession>,
    pub(super) stream: u64,
    /// From then on no answer can come.
    pub(super) closing: CancellationToken,
}

impl Asker for SessionAsker {
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, AskError>> {
        Box::pin(async move {
            let (id, answer) = self.session.questions.ask().ok_or(AskError::Busy)?;
            // Whatever ends this future before there is an answer gives the question up.
            let _waiting = Waiting { asker: self, id };
            self.session.streams.room(self.stream).await;
            let request = json!({
                "jsonrpc": "2.0",
                "id": id,
                "method": question.method(),
                "params": question.params,
            });
            self.session
                .streams
                .say(self.stream, request.to_string().as_bytes());
            match self.closing.run_until_cancelled(answer).await {
                Some(Ok(answer)) => answer,
                Some(Err(_)) | None => Err(AskError::Gone),
            }
        })
    }
}

/// A question that waits for its answer, until this is dropped.
struct Waiting<'a> {
    asker: &'a SessionAsker,
    id: u64,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let SessionAsker {
            session, stream, ..
        } = self.asker;
        if session.questions.give_up(self.id) {
            let notification = Notification {
                method: "notifications/cancelled",
                params: json!({ "requestId": self.id, "reason": "the server waits no longer" }),
            };
            session
                .streams
                .say(*stream, &encode::notification(&notification));
        }
    }
}
