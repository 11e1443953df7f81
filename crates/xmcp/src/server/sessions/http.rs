//! Sessions over HTTP: which one a request belongs to, and GET and DELETE (2025-11-25 basic/transports, "Listening for Messages from the
//! Server", "Resumability and Redelivery" and "Session Management").

use std::{
    future::pending,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, request::Parts};
use tokio::time::sleep;
use xmcp_auth::Session;

use super::{
    event::EventId,
    events::Events,
    session::{Opening, TransportSession},
    store::Full,
    streams::STANDALONE,
};
use crate::{
    Era,
    http::{Facts, Listening, busy},
    server::{
        Server,
        caller::Caller,
        headers,
        jsonrpc::{Params, Request, RpcError, code},
        media_type,
        owner::Owner,
        sse,
        subscriptions::Audience,
        version,
    },
};

/// Where a client says which session it means.
const SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");
/// Where a client says what it has read of a stream.
const LAST_EVENT_ID: &str = "last-event-id";

/// The session that a request names. An id that is named is binding, whether this server has sessions or not.
fn named(
    server: &Server,
    headers: &HeaderMap,
    caller: Option<&Session>,
) -> Result<Option<Arc<TransportSession>>, RpcError> {
    let mut ids = headers.get_all(SESSION_ID).iter();
    let Some(id) = ids.next() else {
        return Ok(None);
    };
    if ids.next().is_some() {
        let message = "the header `Mcp-Session-Id` stands more than once";
        return Err(RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::BAD_REQUEST));
    }
    let find = |store: &super::SessionStore| store.find(id.to_str().ok()?, &Owner::of(caller));
    let session = server.sessions.as_deref().and_then(find);
    // The same answer for what is unknown, over, and another's.
    session.map(Some).ok_or_else(|| {
        RpcError::new(
            code::SESSION_NOT_FOUND,
            "there is no such session any more: begin another by `initialize` without `Mcp-Session-Id`",
        )
        .status(StatusCode::NOT_FOUND)
    })
}

/// Whether a request names a session of this server, known or not.
pub(crate) fn is_named(server: &Server, parts: &Parts) -> bool {
    has_sessions(server, parts).is_some() && parts.headers.contains_key(SESSION_ID)
}

/// The session of a request. On 2026-07-28 there are none, and an id means nothing.
pub(crate) fn of_request(
    server: &Server,
    (parts, facts): (&Parts, &Facts),
    request: &Request<'_>,
    era: Era,
) -> Result<Option<Arc<TransportSession>>, RpcError> {
    if era == Era::Modern {
        return Ok(None);
    }
    let session = named(server, &parts.headers, facts.session.as_ref())?;
    if session.is_some() && request.method == "initialize" {
        let message = "`initialize` begins a session: send it without `Mcp-Session-Id`";
        return Err(RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::BAD_REQUEST));
    }
    Ok(session)
}

/// The session of a notification or a response, whose version only a header can tell.
pub(crate) fn of_message(
    server: &Server,
    (parts, facts): (&Parts, &Facts),
) -> Result<Option<Arc<TransportSession>>, RpcError> {
    if is_modern(parts) {
        return Ok(None);
    }
    named(server, &parts.headers, facts.session.as_ref())
}

/// Begins a session with the `initialize` that was just answered so, if this server has sessions and the caller may have one.
pub(crate) fn begin(
    server: &Server,
    params: &Params<'_>,
    maker: (Option<&Session>, Option<Caller>),
    mut answer: Response,
) -> Result<Response, RpcError> {
    let Some(store) = &server.sessions else {
        return Ok(answer);
    };
    if server.gate.is_stranger(maker.0) {
        return Ok(answer);
    }
    let opening = Opening::of(params, &server.versions, maker)?;
    Ok(match store.open(opening, &server.changes) {
        Ok(session) => {
            store.sweep(&server.detached, server.closing.clone());
            let id = HeaderValue::from_str(session.id.as_str());
            let mut id = id.expect("base64 is a header value");
            id.set_sensitive(true);
            answer.headers_mut().insert(SESSION_ID, id);
            answer
        }
        Err(Full) => {
            if let Some(left_out) = server.told.sessions.next() {
                tracing::warn!(
                    left_out,
                    "refused a session: [http.limits] sessions is reached"
                );
            }
            busy("the server has too many sessions, try again")
        }
    })
}

/// Answers a GET: the client's own stream, or what it has missed of another. `None` where GET is not for this server.
pub(crate) fn listen(
    server: &Arc<Server>,
    (parts, facts): (&Parts, &Facts),
) -> Option<Result<Response, RpcError>> {
    has_sessions(server, parts)?;
    Some(stream(server, parts, facts.session.as_ref()))
}

fn stream(
    server: &Arc<Server>,
    parts: &Parts,
    caller: Option<&Session>,
) -> Result<Response, RpcError> {
    if !media_type::accepts(&parts.headers, "text/event-stream") {
        let message = "`Accept` must list text/event-stream";
        return Err(
            RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::NOT_ACCEPTABLE)
        );
    }
    let session = required(server, &parts.headers, caller)?;
    let ticket = match parts.headers.get(LAST_EVENT_ID) {
        None => session.streams.read(STANDALONE, session.is_primed()),
        Some(last) => last
            .to_str()
            .ok()
            .and_then(EventId::parse)
            .and_then(|last| session.streams.resume(last)),
    };
    let ticket = ticket.ok_or_else(|| {
        let message = "`Last-Event-ID` names no event that this session can go on from";
        RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::BAD_REQUEST)
    })?;
    let end = (ticket.stream == STANDALONE).then(|| no_more(server, caller));
    let events = Events::new(session, ticket, end).by(Audience::new(server, caller));
    let mut response = sse::response(events);
    response.extensions_mut().insert(Listening);
    Ok(response)
}

/// Answers a DELETE. `None` where DELETE is not for this server.
pub(crate) fn delete(
    server: &Server,
    (parts, facts): (&Parts, &Facts),
) -> Option<Result<Response, RpcError>> {
    let store = has_sessions(server, parts)?;
    let session = required(server, &parts.headers, facts.session.as_ref());
    Some(session.map(|session| {
        store.end(&session);
        StatusCode::NO_CONTENT.into_response()
    }))
}

/// The sessions, where they are and the client does not speak a version without them.
fn has_sessions<'a>(server: &'a Server, parts: &Parts) -> Option<&'a super::SessionStore> {
    server.sessions.as_deref().filter(|_| !is_modern(parts))
}

fn is_modern(parts: &Parts) -> bool {
    let version = parts.headers.get(headers::PROTOCOL_VERSION);
    let version = version.and_then(|version| version.to_str().ok());
    version == Some(version::MODERN)
}

fn required(
    server: &Server,
    headers: &HeaderMap,
    caller: Option<&Session>,
) -> Result<Arc<TransportSession>, RpcError> {
    named(server, headers, caller)?.ok_or_else(|| {
        let message = "the header `Mcp-Session-Id` is missing";
        RpcError::new(code::INVALID_REQUEST, message).status(StatusCode::BAD_REQUEST)
    })
}

/// How long a caller is told of things without being asked who it is again. Keys and tokens can be withdrawn before their end, which
/// some of them do not have; a client comes back by itself.
const LISTENING: Duration = Duration::from_secs(60 * 60);

/// Ends when the server has no more to tell this caller: it shuts down, the token that let the caller in has expired, or it is time to
/// show it again.
pub(crate) fn no_more(server: &Server, caller: Option<&Session>) -> BoxFuture<'static, ()> {
    let closing = server.closing.clone();
    let rest = caller.map(|caller| listening(caller, SystemTime::now()));
    Box::pin(async move {
        let expired = async {
            match rest {
                Some(rest) => sleep(rest).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = closing.cancelled() => {}
            () = expired => {}
        }
    })
}

/// How long this caller may listen from now on.
fn listening(caller: &Session, now: SystemTime) -> Duration {
    let rest = caller.expires_at().duration_since(now);
    rest.unwrap_or_default().min(LISTENING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_listens_until_its_token_is_over_and_no_longer_than_an_hour() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let minutes = |count: u64| Duration::from_secs(60 * count);
        let until = |expires_at| Session::for_test("usr_1").expires_at(expires_at).build();
        assert_eq!(listening(&until(now + minutes(5)), now), minutes(5));
        assert_eq!(listening(&until(now + minutes(600)), now), LISTENING);
        assert_eq!(listening(&until(now - minutes(1)), now), Duration::ZERO);
        assert_eq!(
            listening(&Session::builder("keys", "ci").build(), now),
            LISTENING
        );
    }
}
