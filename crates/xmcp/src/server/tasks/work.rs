//! One call that is a task, or becomes one when its handler says so.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use http::StatusCode;
use tokio::{sync::oneshot, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::{Tasks, asker::TaskAsker, store::Full, task::End};
use crate::{
    CallToolResult,
    context::{Asker, Detachable},
    http::BodyRoom,
    server::{
        Server,
        answer::{Answer, answered},
        audit::Why,
        call::{Call, Outcome},
        caller::Caller,
        encode,
        jsonrpc::{RpcError, code},
        owner::Owner,
        random_id::RandomId,
    },
};

/// One call that is a task, or becomes one when its handler says so.
pub(crate) struct Work {
    tasks: Tasks,
    id: RandomId,
    maker: (Owner, Option<Caller>),
    /// Ends the work.
    cancellation: CancellationToken,
    /// Once it is a task: what asks for it.
    asker: OnceLock<Arc<dyn Asker>>,
    /// Tells the request that the work is a task now: what its client is told.
    began: Mutex<Option<oneshot::Sender<String>>>,
    begins: Mutex<Option<oneshot::Receiver<String>>>,
    /// What the pieces of the request take of all tasks' memory.
    _room: BodyRoom,
}

impl Work {
    pub(super) fn new(
        server: &Server,
        id: RandomId,
        maker: (Owner, Option<Caller>),
        room: BodyRoom,
    ) -> Arc<Self> {
        let (sender, receiver) = oneshot::channel();
        Arc::new(Self {
            tasks: server.tasks.clone(),
            id,
            maker,
            cancellation: CancellationToken::new(),
            asker: OnceLock::new(),
            began: Mutex::new(Some(sender)),
            begins: Mutex::new(Some(receiver)),
            _room: room,
        })
    }

    /// What ends the work.
    pub(crate) fn cancellation(&self) -> CancellationToken {
        self.cancellation.clone()
    }

    /// How long the work may take, and a question of it.
    pub(crate) fn time(&self) -> Duration {
        self.tasks.ttl()
    }

    /// Makes it a task, if it is not one yet.
    pub(super) fn begin(&self) -> Result<(), Full> {
        let mut began = self.began.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = began.take() else {
            return Ok(());
        };
        let (id, maker) = (self.id.clone(), self.maker.clone());
        match self.tasks.create(id, maker, self.cancellation.clone()) {
            Ok(created) => {
                let asker: Arc<dyn Asker> = Arc::new(TaskAsker {
                    tasks: self.tasks.clone(),
                    id: self.id.clone(),
                });
                let _ = self.asker.set(asker);
                // Nobody listens when the request has been given up.
                drop(sender.send(created));
                Ok(())
            }
            Err(Full) => {
                *began = Some(sender);
                Err(Full)
            }
        }
    }

    /// Runs the call, and answers its request: with the task once it is one, and with the call's own outcome if it never is.
    pub(crate) async fn answer(self: Arc<Self>, call: Call) -> Answer {
        let call = Arc::new(call);
        let time = call.server().settings.http.limits.call_timeout;
        let begins = self
            .begins
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let (done, outcome) = oneshot::channel();
        let work = Arc::clone(&self).run(Arc::clone(&call), done);
        // A client that goes away before there is a task has cancelled the call.
        let guard = self.cancellation.clone().drop_guard();
        self.tasks.tracker().spawn(work.instrument(Span::current()));
        let begins = async {
            match begins {
                Some(begins) => begins.await.ok(),
                None => None,
            }
        };
        let first = async {
            tokio::select! {
                biased;
                Some(created) = begins => Ok(created),
                outcome = outcome => Err(outcome.ok()),
            }
        };
        match timeout(time, first).await {
            Ok(Ok(created)) => {
                guard.disarm();
                Answer {
                    status: StatusCode::OK,
                    message: encode::response(call.text.id(), created.as_bytes()),
                }
            }
            Ok(Err(Some(outcome))) => answered(&call, &outcome),
            Ok(Err(None)) => {
                let error = RpcError::internal(call.context.request_id());
                answered(&call, &Outcome::Error(error))
            }
            Err(_) => {
                call.audit.ended(Why::Timeout);
                let message = format!("the tool did not answer within {} s", time.as_secs());
                answered(&call, &Outcome::Tool(CallToolResult::error(message)))
            }
        }
    }

    /// Runs the call to its end, and says what it came to: to the task, if it is one by then, else to the request.
    async fn run(self: Arc<Self>, call: Arc<Call>, done: oneshot::Sender<Outcome>) {
        let running = AssertUnwindSafe(call.run()).catch_unwind();
        let running = self.tasks.stopping().run_until_cancelled(running);
        let Some(Some(outcome)) = self.cancellation.run_until_cancelled(running).await else {
            return;
        };
        let outcome = outcome.unwrap_or_else(|_| {
            let request_id = call.context.request_id();
            tracing::error!(request_id, "a task panicked outside of its handler");
            Outcome::Error(RpcError::internal(request_id))
        });
        // What the handler left behind cannot make it a task any more.
        let unbegun = self
            .began
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if unbegun.is_some() {
            // Nobody listens when the request has been given up.
            drop(done.send(outcome));
            return;
        }
        let mut result = Vec::new();
        let end = match encode::result(&mut result, &call, &outcome) {
            Ok(()) => match self.tasks.room(result.len()) {
                Ok(room) => End::Completed {
                    result: result.into(),
                    _room: Arc::new(room),
                },
                Err(Full) => {
                    tracing::warn!("a task's result is lost: all tasks keep too much");
                    let message =
                        "the results of tasks take too much memory already, so this one is lost";
                    End::Failed(RpcError::new(code::INTERNAL_ERROR, message))
                }
            },
            Err(error) => End::Failed(error),
        };
        self.tasks.end(&self.id, end);
    }
}

impl Detachable for Work {
    fn begin(&self) -> bool {
        Self::begin(self).is_ok() && self.asker.get().is_some()
    }

    fn asker(&self) -> Option<&Arc<dyn Asker>> {
        self.asker.get()
    }

    fn time(&self) -> Duration {
        Self::time(self)
    }
}
