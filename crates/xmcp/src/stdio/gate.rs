//! The pipe between a client and rmcp.
//!
//! 1. rmcp sees valid requests only. Every error of JSON-RPC and of versions is answered here, with the bytes that the HTTP
//!    endpoint would send.
//! 2. Ids are echoed as they came: rmcp gets numbers of ours, and the client's text is put back on the way out.
//! 3. Memory is bounded: a line, the lines that wait for a slot, the messages that wait for the client. When the client does
//!    not read, it is not read from.
//! 4. The end of the input ends the server after what it has accepted is answered, within the settings' time for a drain; so
//!    does a shutdown. A client that no longer listens ends it at once.

use std::{
    future::{Pending, pending},
    io,
    sync::Arc,
};

use bytes::Bytes;
use rmcp::{
    RoleServer,
    model::{
        CancelledNotification, CancelledNotificationParam, ClientNotification, ClientRequest,
        CustomRequest, JsonRpcMessage, RequestId,
    },
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use tokio::{
    io::AsyncRead,
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::{
    incoming::{Incoming, Remembered},
    lines::{Line, Lines},
    requests::{Requests, Running},
    writer::Writer,
};
use crate::server::{
    self, Questions, Server,
    jsonrpc::{RpcError, code},
};

/// Our transport for rmcp.
pub(super) struct Gate<R> {
    server: Arc<Server>,
    lines: Lines<R>,
    outgoing: mpsc::Sender<Bytes>,
    writer: Option<Writer>,
    requests: Requests,
    questions: Arc<Questions>,
    remembered: Remembered,
    /// An answer of our own that waits for the client to read. Nothing is read meanwhile.
    refusal: Option<Bytes>,
    /// Set once nothing more is read: when the drain is over.
    deadline: Option<Instant>,
    signals: Signals,
    /// Why reading failed.
    failure: Option<io::Error>,
    outcome: Option<oneshot::Sender<io::Result<()>>>,
}

/// What ends a pipe, from outside and from inside.
pub(super) struct Signals {
    /// Nothing more is to be read.
    pub(super) shutdown: CancellationToken,
    /// Ends every handler that still runs.
    pub(super) stop: CancellationToken,
    /// Nothing more is read.
    pub(super) deaf: CancellationToken,
}

impl<R: AsyncRead + Unpin> Gate<R> {
    /// A gate, and what it will say of reading and writing once it is closed.
    pub(super) fn new(
        server: Arc<Server>,
        input: R,
        (outgoing, writer): (mpsc::Sender<Bytes>, Writer),
        questions: Arc<Questions>,
        signals: Signals,
    ) -> (Self, oneshot::Receiver<io::Result<()>>) {
        let (sender, outcome) = oneshot::channel();
        let http = &server.settings.http;
        let gate = Self {
            lines: Lines::new(input, http.body_limit),
            requests: Requests::new(http.limits.in_flight),
            questions,
            server,
            outgoing,
            writer: Some(writer),
            remembered: Remembered::default(),
            refusal: None,
            deadline: None,
            signals,
            failure: None,
            outcome: Some(sender),
        };
        (gate, outcome)
    }

    fn takes_lines(&self) -> bool {
        self.deadline.is_none()
            && self.refusal.is_none()
            && self.requests.waiting_size() < self.server.settings.http.body_limit
    }

    /// From here on nothing is read, so no question is answered any more.
    fn end(&mut self) {
        self.signals.deaf.cancel();
        self.deadline = Some(Instant::now() + self.server.settings.http.limits.drain);
        self.server.closing.cancel();
    }

    /// Ends every handler and rmcp with them, which then does not come back here.
    fn stopped<T>(&self) -> Pending<T> {
        self.signals.stop.cancel();
        pending()
    }

    /// Does what a line asks for; what rmcp has to know of it is returned.
    fn line(&mut self, line: io::Result<Option<Line>>) -> Option<RxJsonRpcMessage<RoleServer>> {
        let line = match line {
            Ok(Some(Line::Whole(line))) => line,
            Ok(Some(Line::TooLong)) => {
                let limit = self.server.settings.http.body_limit;
                let error = RpcError::new(
                    code::INVALID_REQUEST,
                    format!("the message is longer than {limit} bytes"),
                );
                self.refusal = Some(server::error_response(None, &error));
                return None;
            }
            Ok(None) => {
                self.end();
                return None;
            }
            Err(error) => {
                self.failure = Some(error);
                self.end();
                return None;
            }
        };
        match Incoming::read(&self.server, &line, &mut self.remembered) {
            Incoming::Request(request) => self.requests.wait(*request),
            Incoming::Cancelled(id) => return self.requests.cancel(&id).map(cancelled),
            Incoming::Answered { id, answer } => {
                let id = std::str::from_utf8(&id).unwrap_or_default();
                self.questions.answer(id, answer);
            }
            Incoming::Refused(answer) => self.refusal = Some(answer),
            Incoming::Ignored => {}
        }
        None
    }

    /// A message of rmcp's as the client gets it, and the request that it answers.
    fn outgoing(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> Option<(Bytes, Option<Arc<Running>>)> {
        let (id, error) = match message {
            JsonRpcMessage::Response(response) => (Some(response.id), None),
            JsonRpcMessage::Error(error) => (error.id, Some(error.error)),
            message => {
                return serde_json::to_vec(&message)
                    .ok()
                    .map(|text| (text.into(), None));
            }
        };
        let Some(RequestId::Number(number)) = id else {
            return None;
        };
        let running = self.requests.answered(number)?;
        let answer = match error {
            // Handlers do not fail in rmcp's way, so this is rmcp's own doing.
            Some(error) => {
                let id = running.accepted.text.id();
                server::error_response(Some(id), &RpcError::new(error.code.0, error.message))
            }
            None => running.answer.get()?.clone(),
        };
        Some((answer, Some(running)))
    }
}

impl<R: AsyncRead + Send + Unpin + 'static> Transport<RoleServer> for Gate<R> {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let message = self.outgoing(message);
        let outgoing = self.outgoing.clone();
        async move {
            let Some((message, running)) = message else {
                return Ok(());
            };
            outgoing
                .send(message)
                .await
                .map_err(|_| io::ErrorKind::BrokenPipe)?;
            // Held until here, so that answers which nobody reads count as running.
            drop(running);
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        // rmcp drops this future whenever something else happens: every branch is cancel safe.
        loop {
            let ended = self.deadline;
            let is_done = ended.is_some() && self.refusal.is_none() && !self.requests.is_waiting();
            tokio::select! {
                biased;
                () = self.outgoing.closed() => return self.stopped().await,
                () = sleep_until(ended.unwrap_or_else(Instant::now)), if ended.is_some() => {
                    tracing::warn!("the time for answering what was asked is over");
                    return self.stopped().await;
                }
                () = self.signals.shutdown.cancelled(), if ended.is_none() => self.end(),
                () = self.requests.idle(), if is_done => return None,
                Ok(room) = self.outgoing.clone().reserve_owned(), if self.refusal.is_some() => {
                    if let Some(refusal) = self.refusal.take() {
                        room.send(refusal);
                    }
                }
                Ok(slot) = self.requests.slot(), if self.requests.is_waiting() => {
                    if let Some((number, running)) = self.requests.run(slot) {
                        return Some(request(number, running));
                    }
                }
                line = self.lines.next(), if self.takes_lines() => {
                    if let Some(message) = self.line(line) {
                        return Some(message);
                    }
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        let written = match self.writer.take() {
            Some(writer) => {
                writer
                    .finish(self.deadline.unwrap_or_else(Instant::now))
                    .await
            }
            None => Ok(()),
        };
        let read = self.failure.take().map_or(Ok(()), Err);
        if let Some(outcome) = self.outcome.take() {
            let _ = outcome.send(read.and(written));
        }
        Ok(())
    }
}

/// A request as rmcp sees it: a method and a number, with everything else beside it.
fn request(number: i64, running: Arc<Running>) -> RxJsonRpcMessage<RoleServer> {
    let mut request = CustomRequest::new(running.accepted.method.name(), None);
    request.extensions.insert(running);
    JsonRpcMessage::request(
        ClientRequest::CustomRequest(request),
        RequestId::Number(number),
    )
}

/// The client's cancelling, as rmcp sees it.
fn cancelled(number: i64) -> RxJsonRpcMessage<RoleServer> {
    let params = CancelledNotificationParam::new(Some(RequestId::Number(number)), None);
    JsonRpcMessage::notification(ClientNotification::CancelledNotification(
        CancelledNotification::new(params),
    ))
}
