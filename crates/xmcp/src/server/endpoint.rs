//! The MCP endpoint: one POST, one message, one answer. What a handler does is `http_call.rs`.
//!
//! 1. Every error of JSON-RPC, headers and versions is answered here; nothing behind sees an invalid message.
//! 2. The body is read after auth and within its limit, and parsed once.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use bytestring::ByteString;
use futures_util::future::BoxFuture;
use http::{HeaderValue, Method as HttpMethod, Request, StatusCode, header, request::Parts};

use super::{
    Server, TextParts,
    answer::{Answer, forbidden, id_of, known, refuse},
    audit::{Asking, Audit, Why},
    caller::Caller,
    detach::Detach,
    dispatch::{self, Asked},
    headers::{self, Fields},
    http_call::HttpCall,
    jsonrpc::{self, Id, Message, Refusal, RpcError, code},
    media_type,
    method::Method,
    places::Full,
    sessions, sse,
    stream::Work,
    subscriptions::{self, Audience, Filter, Subscription},
    target::Target,
};
use crate::{
    Era, Transport,
    context::MetaText,
    http::{
        Answering, Arrival, BodyRoom, Facts, Listening, body, busy, counted, refusal::plain_refusal,
    },
};

/// What a request comes to once its body is read.
pub(super) enum Next {
    /// It is answered.
    Answer(Response),
    /// A handler at work.
    Work(Work),
    /// The same, which goes on when its client goes away.
    Detachable(Detach<Answer>),
    /// Work whose answer is more than a message.
    Other(BoxFuture<'static, Response>),
}

/// Answers one HTTP request to the endpoint.
///
/// What does not wait for anything is decided in functions that are not `async`, so that the future has the size of what it keeps
/// while it waits, and what a handler's work takes is allocated when there is a handler.
pub(crate) fn endpoint(server: &Arc<Server>, request: Request<Arrival>) -> Answering {
    let (parts, mut arrival) = request.into_parts();
    let facts = arrival.facts();
    let session = facts.session.as_ref();
    let caller = server.callers.of(session, facts.peer, &parts.headers);
    let Some(share) = server.requests.take(caller) else {
        audit(server, (&parts, facts), None, None).ended(Why::RateLimited);
        return answered(server.told.too_many_of_caller("requests in work"));
    };
    if let Some(response) = by_head(server, (&parts, facts)) {
        return answered(counted(response, share));
    }
    let server = Arc::clone(server);
    Box::pin(async move {
        let http = &server.settings.http;
        let read = body::read(
            &mut arrival,
            http.body_limit,
            http.limits.body_timeout,
            &server.bodies,
        );
        let next = match read.await {
            Ok((body, room)) => next(server, (parts, caller), (body, arrival.facts()), room),
            Err(error) => Next::Answer(error.into_response()),
        };
        let response = match next {
            Next::Answer(response) => response,
            Next::Work(work) => work.await.into_response(),
            Next::Detachable(work) => work.await.into_response(),
            Next::Other(work) => work.await,
        };
        Ok(counted(response, share))
    })
}

fn answered(response: Response) -> Answering {
    Box::pin(std::future::ready(Ok(response)))
}

/// The answer to a request whose body is not wanted.
fn by_head(server: &Arc<Server>, (parts, facts): (&Parts, &Facts)) -> Option<Response> {
    let is_stranger = server.gate.is_stranger(facts.session.as_ref());
    if is_stranger && sessions::is_named(server, parts) {
        // Every transport session is somebody's, so this tells nothing of the one that is named.
        let refused = server.refused_to_strangers(None);
        audit(server, (parts, facts), None, None).forbidden(&refused);
        return Some(forbidden((parts, facts), None, refused, Era::Legacy));
    }
    let other = match parts.method {
        HttpMethod::POST => None,
        // As where there are no transport sessions: a client that looks for a stream goes on without.
        _ if is_stranger => Some(None),
        HttpMethod::GET => Some(sessions::listen(server, (parts, facts))),
        HttpMethod::DELETE => Some(sessions::delete(server, (parts, facts))),
        _ => Some(None),
    };
    match other {
        None => {}
        Some(None) => return Some(method_not_allowed(server, is_stranger)),
        Some(Some(Ok(response))) => return Some(response),
        Some(Some(Err(error))) => return Some(refuse(None, &error, Era::Legacy)),
    }
    if let Err(error) = media_type::check(&parts.headers, facts.glance) {
        return Some(refuse(None, &error, Era::Legacy));
    }
    if facts.glance.lacks_encoding {
        return None;
    }
    let encoding = body::check_encoding(&parts.headers);
    encoding.err().map(IntoResponse::into_response)
}

/// Decides what is asked for, and begins it.
fn next(
    server: Arc<Server>,
    (parts, caller): (Parts, Option<Caller>),
    (body, facts): (Bytes, &Facts),
    room: BodyRoom,
) -> Next {
    let Ok(body) = ByteString::try_from(body) else {
        return Next::Answer(no_message(&server, (&parts, facts), Refusal::of_no_text()));
    };
    match decided(&server, (&parts, caller), (&body, facts)) {
        Decided::Answer(response) => Next::Answer(response),
        Decided::Call(call) => call.begin(server, (parts, caller), facts, (body, room)),
    }
}

/// What a message comes to.
enum Decided {
    Answer(Response),
    Call(HttpCall),
}

impl From<Response> for Decided {
    fn from(response: Response) -> Self {
        Self::Answer(response)
    }
}

fn decided(
    server: &Arc<Server>,
    (parts, caller): (&Parts, Option<Caller>),
    (body, facts): (&ByteString, &Facts),
) -> Decided {
    let request = match jsonrpc::parse_text(body, |name| Method::parse(name).is_some()) {
        Ok(Message::Request(request)) => request,
        Ok(Message::Notification { method, params }) => {
            let response = match sessions::of_message(server, (parts, facts)) {
                Ok(session) => {
                    // Without a session there is nothing to tell of: a request ends with its connection, or by itself.
                    if let Some(session) = session {
                        session.notified(&method, &params);
                    }
                    StatusCode::ACCEPTED.into_response()
                }
                Err(error) => refuse(None, &error, Era::Legacy),
            };
            return response.into();
        }
        Ok(Message::Response(response)) => {
            let error = match sessions::of_message(server, (parts, facts)) {
                Ok(Some(session)) => {
                    session.answered(&response);
                    return StatusCode::ACCEPTED.into_response().into();
                }
                Ok(None) => RpcError::new(
                    code::INVALID_REQUEST,
                    "this server asked nothing, so it takes no responses",
                ),
                Err(error) => error,
            };
            return refuse(None, &error, Era::Legacy).into();
        }
        Err(refusal) => return no_message(server, (parts, facts), refusal).into(),
    };
    let id = request.id;
    let fields = Fields::of(&parts.headers);
    let era = match request
        .params
        .meta()
        .and_then(|meta| headers::era(&fields, &request, meta, &server.versions))
    {
        Ok(era) => era,
        Err(error) => {
            audit(server, (parts, facts), Some(&request.method), None).erred(&error, None);
            return refuse(Some(id), &error, Era::Modern).into();
        }
    };
    let audit = audit(server, (parts, facts), Some(&request.method), Some(era));
    let session = match fields.name_session() {
        true => sessions::of_request(server, (parts, facts), &request, era),
        false => Ok(None),
    };
    let session = match session {
        Ok(session) => session,
        Err(error) => {
            audit.erred(&error, None);
            return refuse(Some(id), &error, era).into();
        }
    };
    let signed_in = facts.session.as_ref();
    if server.gate.is_stranger(signed_in) && is_for_callers(server, &request, era) {
        let refused = server.refused_to_strangers(request.params.uri.as_deref());
        audit.forbidden(&refused);
        return forbidden((parts, facts), Some(id), refused, era).into();
    }
    let response = match dispatch::asked(server, &request, era, signed_in) {
        Err(error) => {
            audit.erred(&error, Some(&request.params));
            refuse(Some(id), &error, era)
        }
        Ok((Method::Initialize, Asked::Known(result))) => {
            let maker = (signed_in, caller);
            match sessions::begin(server, &request.params, maker, known(id, result)) {
                Ok(response) => {
                    audit.answered(response.status());
                    response
                }
                Err(error) => {
                    audit.erred(&error, None);
                    refuse(Some(id), &error, Era::Legacy)
                }
            }
        }
        Ok((_, Asked::Listen(filter))) => {
            // A copy: a piece of the body would keep all of it for as long as the client listens.
            let id = ByteString::from(id.as_str());
            let response = listen(server, (parts, facts, caller), id, &filter);
            audit.answered(response.status());
            response
        }
        Ok((_, Asked::Subscribe(uri))) => {
            if let Err(refused) = server.may_read(&uri, signed_in) {
                audit.forbidden(&refused);
                return forbidden((parts, facts), Some(id), refused, era).into();
            }
            let kept = session.map(|session| session.subscribe(&uri));
            subscribed(id, kept, &audit)
        }
        Ok((_, Asked::Unsubscribe(uri))) => {
            let kept = session.map(|session| session.unsubscribe(&uri));
            subscribed(id, kept, &audit)
        }
        Ok((method, Asked::Known(result))) => {
            // Without a session there is nothing to keep a level in: requests get what they would have got.
            if let (Some(session), Method::SetLevel) = (session, method) {
                session.set_log_level(dispatch::level(request.params.level.as_deref()).ok());
            }
            audit.allowed();
            known(id, result)
        }
        Ok((_, Asked::Call(target))) => {
            if let (Target::Tool(tool), Era::Modern) = (&target, era) {
                let arguments = request.params.arguments.map(|text| text.get());
                if let Err(error) = tool.headers.check(&parts.headers, arguments) {
                    audit.about(&target);
                    audit.erred(&error, None);
                    return refuse(Some(id), &error, era).into();
                }
            }
            let text = TextParts::of(body, id, request.params.arguments);
            let meta = request.params.meta().ok();
            let meta = meta.and_then(|meta| MetaText::of(meta, body));
            let brought = request.params.brought(|text| body.slice_ref(text));
            return Decided::Call(HttpCall {
                era,
                target,
                text,
                brought,
                meta,
                session,
                audit,
            });
        }
    };
    response.into()
}

/// The answer to a body that is no message of MCP's.
fn no_message(
    server: &Server,
    (parts, facts): (&Parts, &Facts),
    Refusal { id, error }: Refusal<'_>,
) -> Response {
    audit(server, (parts, facts), None, None).erred(&error, None);
    let modern = parts
        .headers
        .get(headers::PROTOCOL_VERSION)
        .is_some_and(|value| value == super::version::MODERN);
    refuse(id, &error, if modern { Era::Modern } else { Era::Legacy })
}

/// What is to be told of this request, if anything is.
fn audit(
    server: &Server,
    (parts, facts): (&Parts, &Facts),
    method: Option<&str>,
    era: Option<Era>,
) -> Audit {
    Audit::begin(&server.settings.log, || Asking {
        caller: facts.session.as_ref(),
        transport: Transport::Http,
        era,
        method,
        client_address: server.callers.address(facts.peer, &parts.headers),
        request_id: facts.id.as_ref(),
    })
}

/// Whether the request is for something that belongs to a caller, which a stranger is not. What is wrong with it is told first.
fn is_for_callers(server: &Server, request: &jsonrpc::Request<'_>, era: Era) -> bool {
    Method::parse(&request.method).is_some_and(|method| {
        method.is_in(era) && server.serves(method) && !method.is_for_strangers()
    })
}

/// The answer to a change of subscriptions; `None` when there is no session to keep them.
fn subscribed(id: Id<'_>, kept: Option<Result<(), RpcError>>, audit: &Audit) -> Response {
    let kept = kept.unwrap_or_else(|| {
        let message = "a subscription belongs to a session: send the `Mcp-Session-Id` that `initialize` answered";
        Err(RpcError::new(code::INVALID_REQUEST, message))
    });
    match kept {
        Ok(()) => {
            audit.allowed();
            known(id, Bytes::from_static(b"{}"))
        }
        Err(error) => {
            audit.erred(&error, None);
            refuse(Some(id), &error, Era::Legacy)
        }
    }
}

/// Answers `subscriptions/listen`: a stream that ends with the client, its token, or the server.
fn listen(
    server: &Arc<Server>,
    (parts, facts, caller): (&Parts, &Facts, Option<Caller>),
    id: ByteString,
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
    let session = facts.session.as_ref();
    let (audience, end) = (
        Audience::new(server, session),
        sessions::no_more(server, session),
    );
    let mut response = sse::response(subscriptions::Events::new(subscription, audience, end));
    response.extensions_mut().insert(Listening);
    response
}

fn method_not_allowed(server: &Server, is_stranger: bool) -> Response {
    let mut response = plain_refusal(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "MCP messages come by POST",
    );
    let allowed = match &server.sessions {
        Some(_) if !is_stranger => "GET, POST, DELETE",
        _ => "POST",
    };
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(allowed));
    response
}
