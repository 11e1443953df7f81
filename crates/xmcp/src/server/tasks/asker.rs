//! Questions of a running task: its client finds them by `tasks/get` and answers by `tasks/update`.

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::Tasks;
use crate::{AskError, ask::Question, context::Asker, server::random_id::RandomId};

/// What asks during one task.
pub(super) struct TaskAsker {
    pub(super) tasks: Tasks,
    pub(super) id: RandomId,
}

impl Asker for TaskAsker {
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, AskError>> {
        Box::pin(async move {
            let (key, answer) = self.tasks.ask(&self.id, &question)?;
            // Whatever ends this future before there is an answer gives the question up.
            let _waiting = Waiting { asker: self, key };
            // When the server begins to stop, no answer can come any more.
            match self.tasks.closing().run_until_cancelled(answer).await {
                Some(Ok(answer)) => Ok(answer),
                Some(Err(_)) | None => Err(AskError::Gone),
            }
        })
    }
}

/// A question that waits for its answer, until this is dropped.
struct Waiting<'a> {
    asker: &'a TaskAsker,
    key: String,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.asker.tasks.give_up(&self.asker.id, &self.key);
    }
}
