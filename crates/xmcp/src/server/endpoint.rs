//! The MCP endpoint: one POST, one message, one answer. Without a session and a task, that is the connection's own work.
//!
//! 1. Every error of JSON-RPC, headers and versions is answered here; nothing behind sees an invalid message.
//! 2. The body is read after auth and within its limit, and parsed once.
//! 3. Without a session, a stream begins only when a handler speaks before it answers, and only for a client that takes one.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, Method as HttpMethod, StatusCode, header, request::Parts};
use tokio_util::sync::CancellationToken;
use xmcp_auth::Challenges;

use super::{
    Server,
    answer::{Answer, JSON},
    body::Segments,
    call::{Call, Outcome},
    detach::Detach,
    dispatch::{self, Asked},
    encode,
    gate::{self, InsufficientScope},
    headers,
    jsonrpc::{self, Id, Message, Refusal, RpcError, code},
    media_type,
    method::Method,
    sessions::{self, Exchange, TransportSession},
    sse,
    stream::{self, First, Work},
    subscriptions::{self, Filter, Subscription},
    target::Target,
    tasks,
};
use crate::{
    Context, Era, ServerHandle, Transport,
    ask::Brought,
    context::{self, Detachable},
    http::{BodyRoom, Listening, RequestId, body, busy, refusal::plain_refusal},
};

/// Answers one HTTP request to the endpoint.
pub(crate) async fn endpoint(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let other = match parts.method {
        HttpMethod::POST => None,
        HttpMethod::GET => Some(sessions::listen(&server, &parts)),
        HttpMethod::DELETE => Some(sessions::delete(&server, &parts)),
        _ => Some(None),
    };
    match other {
        None => {}
        Some(None) => return method_not_allowed(&server),
        Some(Some(Ok(response))) => return response,
        Some(Some(Err(error))) => return refuse(None, &error, Era::Legacy),
    }
    if let Err(error) = media_type::check(&parts.headers) {
        return refuse(None, &error, Era::Legacy);
    }
    if let Err(error) = body::check_encoding(&parts.headers) {
        return error.into_response();
    }
    let http = &server.settings.http;
    let read = body::read(
        body,
        http.body_limit,
        http.limits.body_timeout,
        &server.bodies,
    );
    match read.await {
        Ok((body, room)) => answer(server, parts, body, room).await,
        Err(error) => error.into_response(),
    }
}

async fn answer(server: Arc<Server>, parts: Parts, body: Bytes, room: BodyRoom) -> Response {
    let request = match jsonrpc::parse(&body, |name| Method::parse(name).is_some()) {
        Ok(Message::Request(request)) => request,
        Ok(Message::Notification { method, params }) => {
            return match sessions::of_message(&server, &parts) {
                Ok(session) => {
                    // Without a session there is nothing to tell of: a request ends with its connection, or by itself.
                    if let Some(session) = session {
                        session.notified(&method, &params);
                    }
                    StatusCode::ACCEPTED.into_response()
                }
                Err(error) => refuse(None, &error, Era::Legacy),
            };
        }
        Ok(Message::Response(response)) => {
            let error = match sessions::of_message(&server, &parts) {
                Ok(Some(session)) => {
                    session.answered(&response);
                    return StatusCode::ACCEPTED.into_response();
                }
                Ok(None) => RpcError::new(
                    code::INVALID_REQUEST,
                    "this server asked nothing, so it takes no responses",
                ),
                Err(error) => error,
            };
            return refuse(None, &error, Era::Legacy);
        }
        Err(Refusal { id, error }) => {
            let modern = parts
                .headers
                .get(headers::PROTOCOL_VERSION)
                .is_some_and(|value| value == super::version::MODERN);
            return refuse(id, &error, if modern { Era::Modern } else { Era::Legacy });
        }
    };
    let id = request.id;
    let era = match request
        .params
        .meta()
        .and_then(|meta| headers::era(&parts.headers, &request, &meta, &server.versions))
    {
        Ok(era) => era,
        Err(error) => return refuse(Some(id), &error, Era::Modern),
    };
    let session = match sessions::of_request(&server, &parts, &request, era) {
        Ok(session) => session,
        Err(error) => return refuse(Some(id), &error, era),
    };
    match dispatch::asked(&server, &request, era, parts.extensions.get()) {
        Err(error) => refuse(Some(id), &error, era),
        Ok((Method::Initialize, Asked::Known(result))) => {
            let caller = parts.extensions.get();
            sessions::begin(&server, &request.params, caller, known(id, result))
                .unwrap_or_else(|error| refuse(Some(id), &error, Era::Legacy))
        }
        Ok((_, Asked::Listen(filter))) => {
            // A copy: a piece of the body would keep all of it for as long as the client listens.
            let id = Bytes::copy_from_slice(id.as_str().as_bytes());
            listen(&server, &parts, id, &filter)
        }
        Ok((_, Asked::Subscribe(uri))) => {
            if let Err(insufficient) = server.may_read(&uri, parts.extensions.get()) {
                return forbidden(&parts, id, insufficient, era);
            }
            subscribed(id, session.map(|session| session.subscribe(&uri)))
        }
        Ok((_, Asked::Unsubscribe(uri))) => {
            subscribed(id, session.map(|session| session.unsubscribe(&uri)))
        }
        Ok((method, Asked::Known(result))) => {
            // Without a session there is nothing to keep a level in: requests get what they would have got.
            if let (Some(session), Method::SetLevel) = (session, method) {
                session.set_log_level(dispatch::level(request.params.level.as_deref()).ok());
            }
            known(id, result)
        }
        Ok((_, Asked::Call(target))) => {
            if let (Target::Tool(tool), Era::Modern) = (&target, era) {
                let arguments = request.params.arguments.map(|text| text.get());
                if let Err(error) = tool.headers.check(&parts.headers, arguments) {
                    return refuse(Some(id), &error, era);
                }
            }
            let arguments = request
                .params
                .arguments
                .map(|text| body.slice_ref(text.get().as_bytes()));
            let meta = request
                .params
                .meta
                .map(|text| body.slice_ref(text.get().as_bytes()));
            let brought = request
                .params
                .brought(|text| body.slice_ref(text.as_bytes()));
            let id = body.slice_ref(id.as_str().as_bytes());
            call(
                server,
                parts,
                era,
                Called {
                    target,
                    id,
                    arguments,
                    brought,
                    meta,
                    room,
                    session,
                },
            )
            .await
        }
    }
}

/// A call's pieces of the body.
struct Called {
    target: Target,
    id: Bytes,
    arguments: Option<Bytes>,
    brought: Brought,
    meta: Option<Bytes>,
    /// What the body takes of all bodies' memory, for as long as the call holds pieces of it.
    room: BodyRoom,
    session: Option<Arc<TransportSession>>,
}

async fn call(server: Arc<Server>, mut parts: Parts, era: Era, called: Called) -> Response {
    let target = called.target;
    if let Err(insufficient) = gate::check(target.scopes(), parts.extensions.get()) {
        return forbidden(&parts, id_of(&called.id), insufficient, era);
    }
    let pieces = [&called.arguments, &called.meta, &called.brought.responses];
    let size = pieces.into_iter().flatten().map(Bytes::len).sum();
    let meta = (called.meta.as_deref(), size);
    let task = match tasks::plan(&server, &target, era, meta, parts.extensions.get()) {
        Ok(task) => task,
        Err(error) => return refuse(Some(id_of(&called.id)), &error, era),
    };
    target.extend(&mut parts.extensions);
    let takes_stream = media_type::accepts(&parts.headers, "text/event-stream");
    // Completions are many and small, and nobody comes back for one.
    let is_streamed = takes_stream && !matches!(target, Target::Completion(_));
    let exchange = called
        .session
        .map(|session| Exchange::begin(&server, session, called.id.clone(), is_streamed));
    let exchange = match exchange {
        Some(None) => return sessions::too_many(),
        Some(exchange) => exchange,
        None => None,
    };
    let can_talk_back = target.can_talk_back();
    // A task has no way for what is said before its end (tasks extension, "Task Status Notifications").
    let talks_back = can_talk_back && takes_stream && exchange.is_none() && task.is_none();
    let request_id = parts
        .extensions
        .remove::<RequestId>()
        .unwrap_or_else(RequestId::new);
    let (notifier, notifications) = talks_back.then(stream::channel).unzip();
    let cancellation = can_talk_back.then(CancellationToken::new);
    let guard = cancellation.clone().map(CancellationToken::drop_guard);
    let session = exchange.as_ref().map(Exchange::session);
    // A task may take long, and is not to hold the whole body, nor the room for it.
    let is_task = task.is_some();
    let keep = |piece: Bytes| match is_task {
        true => Bytes::copy_from_slice(&piece),
        false => piece,
    };
    let context = Context::new(
        context::Request {
            era,
            transport: Transport::Http,
            request_id: request_id.clone(),
            server: ServerHandle::of(&server),
            headers: parts.headers,
            extensions: parts.extensions,
            meta: called.meta.map(keep),
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
        },
        server.state.clone(),
    );
    let call = Call {
        server: Arc::clone(&server),
        target,
        arguments: called.arguments.map(keep),
        brought: Brought {
            responses: called.brought.responses.map(keep),
            ..called.brought
        },
        context,
    };
    if let Some(task) = task {
        return task.answer(call, called.id).await.into_response();
    }
    let room = called.room;
    let work = async move {
        let _room = room;
        let response = respond(&call, id_of(&called.id)).await;
        drop(guard);
        response
    };
    if let Some(exchange) = exchange {
        return exchange.answer(&server, request_id, Box::pin(work)).await;
    }
    // Dropping the work is how a 2026-07-28 request is cancelled; before that a lost connection cancels nothing.
    let Some(notifications) = notifications else {
        return match era {
            Era::Modern => work.await,
            Era::Legacy => Detach::new(server, Box::pin(work)).await,
        }
        .into_response();
    };
    let work: Work = match era {
        Era::Modern => Box::pin(work),
        Era::Legacy => Box::pin(Detach::new(server, Box::pin(work))),
    };
    match stream::first(work, notifications).await {
        First::Response(answer) => answer.into_response(),
        First::Stream(events) => sse::response(events),
    }
}

/// The caller lacks scopes, and is told which.
fn forbidden(parts: &Parts, id: Id<'_>, insufficient: InsufficientScope, era: Era) -> Response {
    let challenge = parts.extensions.get::<Challenges>().map(|challenges| {
        challenges.insufficient_scope(insufficient.required.iter().map(String::as_str))
    });
    let mut response = refuse(Some(id), &insufficient.into(), era);
    if let Some(challenge) = challenge {
        challenge.write(response.headers_mut());
    }
    response
}

/// The answer to a change of subscriptions; `None` when there is no session to keep them.
fn subscribed(id: Id<'_>, kept: Option<Result<(), RpcError>>) -> Response {
    let kept = kept.unwrap_or_else(|| {
        let message = "a subscription belongs to a session: send the `Mcp-Session-Id` that `initialize` answered";
        Err(RpcError::new(code::INVALID_REQUEST, message))
    });
    match kept {
        Ok(()) => known(id, Bytes::from_static(b"{}")),
        Err(error) => refuse(Some(id), &error, Era::Legacy),
    }
}

/// Answers `subscriptions/listen`: a stream that ends with the client, its token, or the server.
fn listen(server: &Server, parts: &Parts, id: Bytes, filter: &Filter) -> Response {
    if !media_type::accepts(&parts.headers, "text/event-stream") {
        let message = "`Accept` must list text/event-stream to listen";
        let error =
            RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::NOT_ACCEPTABLE);
        return refuse(Some(id_of(&id)), &error, Era::Modern);
    }
    let Ok(place) = Arc::clone(&server.subscriptions).try_acquire_owned() else {
        tracing::warn!("refused a subscription: [http.limits] subscriptions is reached");
        return busy("the server has too many subscriptions, try again");
    };
    let subscription = Subscription::open(id, filter, &server.changes, place);
    let end = sessions::no_more(server, parts.extensions.get());
    let mut response = sse::response(subscriptions::Events::new(subscription, end));
    response.extensions_mut().insert(Listening);
    response
}

/// Runs a call and writes its response, the same text on every transport.
pub(crate) async fn respond(call: &Call, id: Id<'_>) -> Answer {
    let outcome = call.run().await;
    answered(call, id, &outcome)
}

/// The response of a call that came to this.
pub(super) fn answered(call: &Call, id: Id<'_>, outcome: &Outcome) -> Answer {
    let mut message = encode::response_head(id);
    match encode::result(&mut message, call, outcome) {
        Ok(()) => {
            message.push(b'}');
            Answer {
                status: StatusCode::OK,
                message: message.into(),
            }
        }
        Err(error) => Answer {
            status: error.http_status(call.era()),
            message: encode::error_response(Some(id), &error),
        },
    }
}

/// The id in its own bytes again.
pub(crate) fn id_of(bytes: &Bytes) -> Id<'_> {
    std::str::from_utf8(bytes)
        .ok()
        .and_then(Id::parse)
        .expect("an id that was parsed before is one still")
}

/// A result that no handler made.
fn known(id: Id<'_>, result: Bytes) -> Response {
    let body = Segments::new([
        encode::response_head(id).into(),
        result,
        Bytes::from_static(b"}"),
    ]);
    ([(header::CONTENT_TYPE, JSON)], Body::new(body)).into_response()
}

fn refuse(id: Option<Id<'_>>, error: &RpcError, era: Era) -> Response {
    Answer {
        status: error.http_status(era),
        message: encode::error_response(id, error),
    }
    .into_response()
}

fn method_not_allowed(server: &Server) -> Response {
    let mut response = plain_refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "MCP messages come by POST",
    );
    let allowed = match &server.sessions {
        Some(_) => "GET, POST, DELETE",
        None => "POST",
    };
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}
