//! The MCP endpoint: one POST, one message, one answer. What a handler does is `http_call.rs`.
//!
//! 1. Every error of JSON-RPC, headers and versions is answered here; nothing behind sees an invalid message.
//! 2. The body is read after auth and within its limit, and parsed once.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, Method as HttpMethod, StatusCode, header, request::Parts};

use super::{
    Server,
    answer::{forbidden, id_of, known, refuse},
    caller::Caller,
    dispatch::{self, Asked},
    headers,
    http_call::HttpCall,
    jsonrpc::{self, Id, Message, Refusal, RpcError, code},
    media_type,
    method::Method,
    places::Full,
    sessions, sse,
    subscriptions::{self, Filter, Subscription},
    target::Target,
};
use crate::{
    Era,
    http::{BodyRoom, Listening, body, busy, counted, refusal::plain_refusal},
};

/// Answers one HTTP request to the endpoint.
pub(crate) async fn endpoint(State(server): State<Arc<Server>>, request: Request) -> Response {
    let caller = server.callers.of(request.extensions(), request.headers());
    let Some(share) = server.requests.take(caller) else {
        return server.told.too_many_of_caller("requests in work");
    };
    counted(of_caller(server, request, caller).await, share)
}

async fn of_caller(server: Arc<Server>, request: Request, caller: Option<Caller>) -> Response {
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
        // Boxed: a call is large, and the future that holds it is moved by each layer.
        Ok((body, room)) => Box::pin(answer(server, (parts, caller), body, room)).await,
        Err(error) => error.into_response(),
    }
}

async fn answer(
    server: Arc<Server>,
    (parts, caller): (Parts, Option<Caller>),
    body: Bytes,
    room: BodyRoom,
) -> Response {
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
            let maker = (parts.extensions.get(), caller);
            sessions::begin(&server, &request.params, maker, known(id, result))
                .unwrap_or_else(|error| refuse(Some(id), &error, Era::Legacy))
        }
        Ok((_, Asked::Listen(filter))) => {
            // A copy: a piece of the body would keep all of it for as long as the client listens.
            let id = Bytes::copy_from_slice(id.as_str().as_bytes());
            listen(&server, (&parts, caller), id, &filter)
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
            let call = HttpCall {
                parts,
                caller,
                era,
                target,
                id,
                arguments,
                brought,
                meta,
                room,
                session,
            };
            call.answer(server).await
        }
    }
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
fn listen(
    server: &Server,
    (parts, caller): (&Parts, Option<Caller>),
    id: Bytes,
    filter: &Filter,
) -> Response {
    if !media_type::accepts(&parts.headers, "text/event-stream") {
        let message = "`Accept` must list text/event-stream to listen";
        let error =
            RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::NOT_ACCEPTABLE);
        return refuse(Some(id_of(&id)), &error, Era::Modern);
    }
    let place = match server.subscriptions.take(caller) {
        Ok(place) => place,
        Err(Full::ForCaller) => return server.told.too_many_of_caller("subscriptions"),
        Err(Full::ForAll) => {
            if let Some(left_out) = server.told.subscriptions.next() {
                tracing::warn!(
                    left_out,
                    "refused a subscription: [http.limits] subscriptions is reached"
                );
            }
            return busy("the server has too many subscriptions, try again");
        }
    };
    let subscription = Subscription::open(id, filter, &server.changes, place);
    let end = sessions::no_more(server, parts.extensions.get());
    let mut response = sse::response(subscriptions::Events::new(subscription, end));
    response.extensions_mut().insert(Listening);
    response
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
