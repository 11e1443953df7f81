//! The answer to a request: a response's text and status, the same on every transport, and on its way out of the endpoint.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header, request::Parts};

use super::{
    body::Segments,
    call::{Call, Outcome},
    encode,
    gate::Forbidden,
    jsonrpc::{Id, RpcError},
};
use crate::{Era, http::Facts};

pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A response's text and status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) message: Bytes,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.message));
        *response.status_mut() = self.status;
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        response
    }
}

/// Runs a call and writes its response, the same text on every transport.
pub(crate) async fn respond(call: &Call) -> Answer {
    let outcome = call.run().await;
    answered(call, &outcome)
}

/// The response of a call that came to this.
pub(super) fn answered(call: &Call, outcome: &Outcome) -> Answer {
    let id = call.text.id();
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

/// The id of its own text again.
pub(crate) fn id_of(text: &str) -> Id<'_> {
    Id::parse(text).expect("an id that was parsed before is one still")
}

/// A result that no handler made.
pub(super) fn known(id: Id<'_>, result: Bytes) -> Response {
    let body = Segments::new([
        encode::response_head(id).into(),
        result,
        Bytes::from_static(b"}"),
    ]);
    ([(header::CONTENT_TYPE, JSON)], Body::new(body)).into_response()
}

pub(super) fn refuse(id: Option<Id<'_>>, error: &RpcError, era: Era) -> Response {
    Answer {
        status: error.http_status(era),
        message: encode::error_response(id, error),
    }
    .into_response()
}

/// The caller lacks scopes, or has not said who it is, and is told which scopes it takes.
pub(super) fn forbidden(
    (parts, facts): (&Parts, &Facts),
    id: Option<Id<'_>>,
    forbidden: Forbidden,
    era: Era,
) -> Response {
    let challenge = facts.challenges(parts).map(|challenges| {
        let required = forbidden.required.iter().map(String::as_str);
        match forbidden.is_stranger {
            true => challenges.missing_for(required),
            false => challenges.insufficient_scope(required),
        }
    });
    let mut response = refuse(id, &forbidden.into(), era);
    if let Some(challenge) = challenge {
        challenge.write(response.headers_mut());
    }
    response
}
