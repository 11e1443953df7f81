//! One call over HTTP: what its handler is given, and how what it says gets to the client.
//!
//! 1. On 2026-07-28 a call ends with its connection. Before that it runs on, and so does a task.
//! 2. In a transport session and as a task, the call is the server's own work; otherwise it is the connection's.
//! 3. Without a session, a stream begins only when the handler speaks before it answers, and only for a client that takes one.
//! 4. A call without a session and a task allocates nothing for them.

use std::sync::Arc;

use axum::{extract::ConnectInfo, response::IntoResponse};
use bytestring::ByteString;
use http::request::Parts;
use tokio_util::sync::CancellationToken;

use super::{
    Server, TextParts,
    answer::{forbidden, refuse, respond},
    audit::{Audit, Why},
    call::Call,
    caller::Caller,
    detach::Detach,
    endpoint::Next,
    media_type,
    places::Full,
    sessions::{self, Exchange, TransportSession},
    sse,
    stream::{self, First, Work},
    target::Target,
    tasks,
};
use crate::{
    Context, Era, Transport,
    ask::Brought,
    context::{self, Detachable, MetaText},
    http::{BodyRoom, Facts, RequestId},
};

/// A call, and its pieces of the request's body.
pub(super) struct HttpCall {
    pub(super) era: Era,
    pub(super) target: Target,
    pub(super) text: TextParts,
    pub(super) brought: Brought,
    pub(super) meta: Option<MetaText>,
    pub(super) session: Option<Arc<TransportSession>>,
    pub(super) audit: Audit,
}

impl HttpCall {
    /// Begins what the handler does. `room` is what the body takes of all bodies' memory, for as long as the call holds pieces of it.
    pub(super) fn begin(
        self,
        server: Arc<Server>,
        (mut parts, maker): (Parts, Option<Caller>),
        facts: &Facts,
        (message, room): (ByteString, BodyRoom),
    ) -> Next {
        let (era, target, audit) = (self.era, self.target, self.audit);
        let text = self.text.in_message(message);
        audit.about(&target);
        let caller = facts.session.as_ref();
        if let Err(refused) = server.gate.check(target.listed(), caller) {
            audit.forbidden(&refused);
            return Next::Answer(forbidden((&parts, facts), Some(text.id()), refused, era));
        }
        let is_stranger = server.gate.is_stranger(caller);
        if is_stranger && tasks::has_to_be_one(&target, era, self.meta.as_ref()) {
            let refused = server.refused_to_strangers(None);
            audit.forbidden(&refused);
            return Next::Answer(forbidden((&parts, facts), Some(text.id()), refused, era));
        }
        let responses = self.brought.responses.as_deref();
        let pieces = [text.arguments(), responses].into_iter().flatten();
        let size =
            pieces.map(str::len).sum::<usize>() + self.meta.as_ref().map_or(0, MetaText::len);
        let meta = (self.meta.as_ref(), size);
        let task = match tasks::plan(&server, &target, era, meta, (caller, maker)) {
            Ok(task) => task,
            Err(error) => {
                audit.erred(&error, None);
                return Next::Answer(refuse(Some(text.id()), &error, era));
            }
        };
        target.extend(&mut parts.extensions);
        // Asked where it decides something, which it does not for most calls.
        let takes_stream = || media_type::accepts(&parts.headers, "text/event-stream");
        let exchange = self.session.map(|session| {
            // Completions are many and small, and nobody comes back for one.
            let is_streamed = !matches!(target, Target::Completion(_)) && takes_stream();
            let of = (session, maker);
            Exchange::begin(&server, of, text.id(), is_streamed)
        });
        let exchange = match exchange {
            Some(Ok(exchange)) => Some(exchange),
            Some(Err(full)) => {
                audit.ended(Why::Busy);
                return Next::Answer(match full {
                    Full::ForCaller => server.told.too_many_of_caller("requests in work"),
                    Full::ForAll => sessions::too_many(),
                });
            }
            None => None,
        };
        let can_talk_back = target.can_talk_back();
        // A task has no way for what is said before its end (tasks extension, "Task Status Notifications").
        let talks_back = can_talk_back && exchange.is_none() && task.is_none() && takes_stream();
        let request_id = facts.id.clone().unwrap_or_else(RequestId::new);
        let (notifier, notifications) = talks_back.then(stream::channel).unzip();
        let cancellation = can_talk_back.then(CancellationToken::new);
        let guard = cancellation.clone().map(CancellationToken::drop_guard);
        let session = exchange.as_ref().map(Exchange::session);
        // A task may take long, and is not to hold the whole body, nor the room for it.
        let is_task = task.is_some();
        let keep = |piece: ByteString| match is_task {
            true => ByteString::from(&*piece),
            false => piece,
        };
        let context = Context::new(context::Request {
            era,
            transport: Transport::Http,
            request_id: request_id.clone(),
            server: Arc::clone(&server),
            headers: parts.headers,
            extensions: parts.extensions,
            peer: facts.peer.map(ConnectInfo),
            session: facts.session.clone(),
            meta: self.meta.map(|meta| match is_task {
                true => meta.alone(),
                false => meta,
            }),
            client: session.and_then(|session| session.client()),
            capabilities: session.map(|session| session.capabilities()),
            log_level: session.and_then(|session| session.log_level()),
            notifier: exchange.as_ref().map_or(notifier, Exchange::notifier),
            asker: exchange.as_ref().map(|exchange| exchange.asker(&server)),
            round: target.round(),
            question_timeout: server.settings.http.limits.question_timeout,
            cancellation: exchange
                .as_ref()
                .map(Exchange::cancellation)
                .or_else(|| task.as_ref().map(|task| task.cancellation()))
                .or(cancellation),
            task: task.clone().map(|task| task as Arc<dyn Detachable>),
        });
        let call = Call {
            target,
            text: match is_task {
                true => text.alone(),
                false => text,
            },
            brought: Brought {
                responses: self.brought.responses.map(keep),
                ..self.brought
            },
            context,
            audit,
        };
        if let Some(task) = task {
            let answer = async move { task.answer(call).await.into_response() };
            return Next::Other(Box::pin(answer));
        }
        let work: Work = Box::pin(async move {
            let _room = room;
            let response = respond(&call).await;
            drop(guard);
            response
        });
        if let Some(exchange) = exchange {
            let answer = async move { exchange.answer(&server, request_id, work).await };
            return Next::Other(Box::pin(answer));
        }
        // Dropping the work is how a 2026-07-28 request is cancelled; before that a lost connection cancels nothing.
        let Some(notifications) = notifications else {
            return match era {
                Era::Modern => Next::Work(work),
                Era::Legacy => Next::Detachable(Detach::new(server, maker, work)),
            };
        };
        let work: Work = match era {
            Era::Modern => work,
            Era::Legacy => Box::pin(Detach::new(server, maker, work)),
        };
        Next::Other(Box::pin(async move {
            match stream::first(work, notifications).await {
                First::Response(answer) => answer.into_response(),
                First::Stream(events) => sse::response(events),
            }
        }))
    }
}
