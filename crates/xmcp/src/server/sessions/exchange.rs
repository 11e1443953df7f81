//! One request of a session at work: it runs on, whatever becomes of the connection that it came on, and says what it has to say on a
//! stream of its own.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::response::{IntoResponse, Response};
use bytestring::ByteString;
use futures_util::{FutureExt, future::BoxFuture};
use http::StatusCode;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use super::{
    asker::SessionAsker, events::Events, running::Started, session::TransportSession,
    streams::STANDALONE,
};
use crate::{
    context::{Asker, Notification, Notifier},
    http::{RequestId, busy},
    server::{
        Server,
        answer::Answer,
        caller::Caller,
        encode, id_of,
        jsonrpc::{Id, RpcError},
        places::{Full, Place},
        sse,
    },
};

/// A request between its acceptance and its answer.
pub(crate) struct Exchange {
    id: ByteString,
    /// Counts it among the server's requests at work.
    place: Place,
    stream: OpenStream,
    started: Started,
    is_streamed: bool,
}

/// A stream that ends when this is dropped.
struct OpenStream {
    session: Arc<TransportSession>,
    number: u64,
}

impl Exchange {
    /// The request of this id, as JSON text, is at work from now on. `is_streamed` when the client takes a stream for an answer.
    /// Fails when as many as may are at work already.
    pub(crate) fn begin(
        server: &Server,
        (session, caller): (Arc<TransportSession>, Option<Caller>),
        id: Id<'_>,
        is_streamed: bool,
    ) -> Result<Self, Full> {
        // A copy: a piece of the message would keep all of it for as long as the session knows the request.
        let id = ByteString::from(id.as_str());
        let store = server.sessions.as_ref().ok_or(Full::ForAll)?;
        let place = store.work(caller)?;
        let started = session.running.start(id.clone(), &session.ended);
        let started = started.ok_or(Full::ForCaller)?;
        let number = session.streams.open();
        Ok(Self {
            id,
            place,
            stream: OpenStream { session, number },
            started,
            is_streamed,
        })
    }

    pub(crate) fn session(&self) -> &Arc<TransportSession> {
        &self.stream.session
    }

    /// Where what the handler says goes.
    pub(crate) fn notifier(&self) -> Option<Arc<dyn Notifier>> {
        let speaker = Speaker {
            session: Arc::clone(self.session()),
            stream: self.stream.number,
        };
        self.is_streamed.then(|| Arc::new(speaker) as _)
    }

    /// What takes the handler's questions to the client: on the request's own stream, or where it has none, on the client's.
    pub(crate) fn asker(&self, server: &Server) -> Arc<dyn Asker> {
        Arc::new(SessionAsker {
            session: Arc::clone(self.session()),
            stream: if self.is_streamed {
                self.stream.number
            } else {
                STANDALONE
            },
            closing: server.closing.clone(),
        })
    }

    /// Cancelled when the client cancels the request, and when its session ends.
    pub(crate) fn cancellation(&self) -> CancellationToken {
        self.started.cancellation.clone()
    }

    /// Does the work as a task of the server's, and answers with what it says.
    pub(crate) async fn answer(
        self,
        server: &Server,
        request_id: RequestId,
        work: BoxFuture<'static, Answer>,
    ) -> Response {
        let session = Arc::clone(self.session());
        let reader = self
            .is_streamed
            .then(|| {
                session
                    .streams
                    .read(self.stream.number, session.is_primed())
            })
            .flatten();
        let (sender, receiver) = oneshot::channel();
        let (stream, started, id, place) = (self.stream, self.started, self.id, self.place);
        let (stopping, is_streamed) = (server.stopping.clone(), self.is_streamed);
        let task = async move {
            let work = started
                .cancellation
                .run_until_cancelled(contained(work, &id, &request_id));
            let answer = stopping.run_until_cancelled(work).await;
            // A client that has its answer has room for the next request.
            drop((started, place));
            // What is cancelled has no answer (2025-11-25 basic/utilities/cancellation).
            if let Some(Some(answer)) = answer {
                // What was no stream is none to come back for.
                if is_streamed {
                    stream.session.streams.say(stream.number, &answer.message);
                }
                let _ = sender.send(answer);
            }
            stream.session.touch();
        };
        server.detached.spawn(task.instrument(Span::current()));
        if let Some(reader) = reader {
            return sse::response(Events::new(session, reader, None));
        }
        match receiver.await {
            Ok(answer) => answer.into_response(),
            Err(_) => StatusCode::ACCEPTED.into_response(),
        }
    }
}

/// Handlers' panics never get here. Whatever else panics, the client does not wait for ever.
async fn contained(
    work: BoxFuture<'static, Answer>,
    id: &ByteString,
    request_id: &RequestId,
) -> Answer {
    let answer = AssertUnwindSafe(work).catch_unwind().await;
    answer.unwrap_or_else(|_| {
        tracing::error!("a request panicked outside of its handler");
        let error = RpcError::internal(request_id.as_str());
        Answer {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: encode::error_response(Some(id_of(id)), &error),
        }
    })
}

/// The answer when a request cannot begin.
pub(crate) fn too_many() -> Response {
    busy("too many requests are at work, try again")
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.session.streams.finish(self.number);
    }
}

/// The sending end that a handler's context holds.
struct Speaker {
    session: Arc<TransportSession>,
    stream: u64,
}

impl Notifier for Speaker {
    fn notify(&self, notification: Notification) -> BoxFuture<'_, ()> {
        let message = encode::notification(&notification);
        Box::pin(async move {
            self.session.streams.room(self.stream).await;
            self.session.streams.say(self.stream, &message);
        })
    }

    fn close_stream(&self) {
        // A client that was not told how to come back would take the end for a loss.
        if self.session.is_primed() {
            self.session.streams.pause(self.stream);
        }
    }
}
