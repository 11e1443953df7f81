//! The envelope of a message, parsed once and borrowed from the body.
//!
//! 1. Members are known by their exact names; a member that stands twice is refused, so that nobody who reads the same
//!    bytes can see another message.
//! 2. What is refused says whether the text was no JSON (-32700), no message (-32600), or no fit for its method (-32602).

use std::borrow::Cow;

use bytestring::ByteString;
use http::StatusCode;
use serde::{
    Deserialize,
    de::{IgnoredAny, MapAccess},
};
use serde_json::{Value, value::RawValue};

use super::{
    Id, RpcError, code,
    id::LONGEST,
    meta::{Meta, Metadata},
    object::{Members, Nested, Place, Present, members, object, read},
};
use crate::{AskError, ask::Brought};

/// One message of a client.
#[derive(Debug)]
pub(crate) enum Message<'a> {
    Request(Request<'a>),
    /// A notification; nobody answers it.
    Notification {
        method: Cow<'a, str>,
        params: Params<'a>,
    },
    /// An answer to a question of the server's.
    Response(Response<'a>),
}

/// A client's answer to a question of the server's.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    /// The id that the question went out with.
    pub(crate) id: Id<'a>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
}

impl Response<'_> {
    /// What the client answered, or the error that it answered with.
    pub(crate) fn outcome(&self) -> Result<Value, AskError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Error {
            code: i64,
            message: String,
        }
        if let Some(error) = self.error {
            let Error { code, message } = serde_json::from_str(error.get()).unwrap_or_default();
            return Err(AskError::Refused { code, message });
        }
        let result = self.result.map_or("null", RawValue::get);
        serde_json::from_str(result).map_err(|error| AskError::Invalid(error.to_string()))
    }
}

/// A request.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) id: Id<'a>,
    pub(crate) method: Cow<'a, str>,
    pub(crate) params: Params<'a>,
}

/// The params of every method that this server knows, in one.
#[derive(Debug, Default)]
pub(crate) struct Params<'a> {
    pub(crate) name: Option<Cow<'a, str>>,
    pub(crate) arguments: Option<&'a RawValue>,
    pub(crate) uri: Option<Cow<'a, str>>,
    pub(crate) reference: Option<&'a RawValue>,
    pub(crate) argument: Option<&'a RawValue>,
    pub(crate) context: Option<&'a RawValue>,
    pub(crate) notifications: Option<&'a RawValue>,
    pub(crate) cursor: Option<Cow<'a, str>>,
    pub(crate) level: Option<Cow<'a, str>>,
    pub(crate) protocol_version: Option<Cow<'a, str>>,
    pub(crate) client_info: Option<&'a RawValue>,
    /// What the client can do, of `initialize`.
    pub(crate) capabilities: Option<&'a RawValue>,
    /// The answers to the questions of an earlier answer (2026-07-28 basic/patterns/mrtr).
    pub(crate) input_responses: Option<&'a RawValue>,
    /// What an earlier answer gave the client to bring back.
    pub(crate) request_state: Option<Cow<'a, str>>,
    pub(crate) task_id: Option<Cow<'a, str>>,
    pub(crate) request_id: Option<&'a RawValue>,
    pub(super) meta: Metadata<'a>,
}

members! {
    impl['de] Params<'de> {
        "name" => name,
        "arguments" => arguments,
        "uri" => uri,
        "ref" => reference,
        "argument" => argument,
        "context" => context,
        "notifications" => notifications,
        "cursor" => cursor,
        "level" => level,
        "protocolVersion" => protocol_version,
        "clientInfo" => client_info,
        "capabilities" => capabilities,
        "inputResponses" => input_responses,
        "requestState" => request_state,
        "taskId" => task_id,
        "requestId" => request_id,
        "_meta" => meta,
    }
}

impl<'a> Params<'a> {
    /// What a client brings back from an earlier round of the same call, in pieces of the message.
    pub(crate) fn brought(&self, piece: impl Fn(&str) -> ByteString) -> Brought {
        Brought {
            responses: self.input_responses.map(|text| piece(text.get())),
            state: self.request_state.as_deref().map(str::to_owned),
        }
    }

    /// What `_meta` says.
    pub(crate) fn meta(&self) -> Result<&Meta<'a>, RpcError> {
        match &self.meta {
            Metadata::Fit(meta) => Ok(meta),
            Metadata::Unfit => Err(RpcError::invalid_params(
                "`_meta` must be an object whose protocol members have the types of the specification",
            )
            .status(StatusCode::BAD_REQUEST)),
        }
    }
}

/// Why a body is no message, and whose it would have been.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) id: Option<Id<'a>>,
    pub(crate) error: RpcError,
}

impl Refusal<'_> {
    /// Of a body that is not UTF-8.
    pub(crate) fn of_no_text() -> Self {
        refuse(None, code::PARSE_ERROR, "the body is not UTF-8")
    }
}

/// A message as it is written; `P` is what its params are read into.
#[derive(Default)]
struct Envelope<'a, P> {
    jsonrpc: Option<Cow<'a, str>>,
    id: Present<'a>,
    method: Option<Cow<'a, str>>,
    params: P,
    result: Present<'a>,
    error: Option<&'a RawValue>,
}

members! {
    impl['de, P: Place<'de>] Envelope<'de, P> {
        "jsonrpc" => jsonrpc,
        "id" => id,
        "method" => method,
        "params" => params,
        "result" => result,
        "error" => error,
    }
}

/// The message in a body.
///
#[cfg(any(test, feature = "bench", feature = "fuzzing"))]
pub(crate) fn parse(
    body: &[u8],
    is_method: impl Fn(&str) -> bool,
) -> Result<Message<'_>, Refusal<'_>> {
    match std::str::from_utf8(body) {
        Ok(text) => parse_text(text, is_method),
        Err(_) => Err(Refusal::of_no_text()),
    }
}

/// The message in a text.
///
/// `is_method` tells the methods that this server knows, for the choice between "no such method" and "params do not fit".
pub(crate) fn parse_text(
    text: &str,
    is_method: impl Fn(&str) -> bool,
) -> Result<Message<'_>, Refusal<'_>> {
    let mut envelope: Envelope<'_, Nested<Params<'_>>> = Envelope::default();
    if read(text, &mut envelope).is_ok() {
        return message(envelope);
    }
    // Perhaps it is `_meta` alone that does not fit, which is told when the rest of the request is known.
    let mut envelope: Envelope<'_, Nested<Params<'_>>> = Envelope::default();
    envelope.params.0.meta = Metadata::Unfit;
    match read(text, &mut envelope) {
        Ok(()) => message(envelope),
        Err(_) => Err(diagnose(text, is_method)),
    }
}

fn message<'a>(envelope: Envelope<'a, Nested<Params<'a>>>) -> Result<Message<'a>, Refusal<'a>> {
    let Present(id) = envelope.id;
    if id.is_some_and(|id| id.get().len() > LONGEST) {
        let problem = format!("`id` may have {LONGEST} bytes");
        return Err(refuse(None, code::INVALID_REQUEST, problem));
    }
    let id = match id.map(RawValue::get).map(Id::parse) {
        Some(None) => {
            return Err(refuse(
                None,
                code::INVALID_REQUEST,
                "`id` must be a string or an integer",
            ));
        }
        Some(Some(id)) => Some(id),
        None => None,
    };
    if envelope.jsonrpc.as_deref() != Some("2.0") {
        return Err(refuse(
            id,
            code::INVALID_REQUEST,
            "`jsonrpc` must be \"2.0\"",
        ));
    }
    let Nested(params) = envelope.params;
    match (envelope.method, id) {
        (Some(method), Some(id)) => Ok(Message::Request(Request { id, method, params })),
        (Some(method), None) => Ok(Message::Notification { method, params }),
        (None, Some(id)) if envelope.result.0.is_some() || envelope.error.is_some() => {
            Ok(Message::Response(Response {
                id,
                result: envelope.result.0,
                error: envelope.error,
            }))
        }
        (None, id) => Err(refuse(id, code::INVALID_REQUEST, "`method` is missing")),
    }
}

/// Why the text is no message that this server takes. Only failures come here, so it may read the text again.
fn diagnose(text: &str, is_method: impl Fn(&str) -> bool) -> Refusal<'_> {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return refuse(
            None,
            code::PARSE_ERROR,
            format!("the body is not JSON: {}", reason(&error)),
        );
    }
    if text.trim_start().starts_with('[') {
        return refuse(
            None,
            code::INVALID_REQUEST,
            "batches are not part of MCP: send one message a request",
        );
    }
    let envelope: Envelope<'_, Option<&RawValue>> = match object(text) {
        Ok(envelope) => envelope,
        Err(error) => {
            return refuse(
                None,
                code::INVALID_REQUEST,
                format!("the body is no JSON-RPC message: {}", reason(&error)),
            );
        }
    };
    let params = envelope.params.map(RawValue::get);
    let without_params = Envelope {
        params: Nested::default(),
        jsonrpc: envelope.jsonrpc,
        id: envelope.id,
        method: envelope.method,
        result: Present::default(),
        error: None,
    };
    match message(without_params) {
        Err(refusal) => refusal,
        Ok(Message::Request(Request { id, method, .. })) if !is_method(&method) => Refusal {
            id: Some(id),
            error: RpcError::method_not_found(&method),
        },
        Ok(Message::Request(Request { id, method, .. })) => {
            let reason = params.map(object::<Params<'_>>).and_then(Result::err);
            let reason =
                reason.map_or_else(|| "wrong type".to_owned(), |error| self::reason(&error));
            refuse(
                Some(id),
                code::INVALID_PARAMS,
                format!("`params` do not fit {method}: {reason}"),
            )
        }
        // What is no request has no answer that could say so: the status does (2025-11-25 basic/transports, "Sending Messages to
        // the Server").
        Ok(_) => Refusal {
            id: None,
            error: RpcError::invalid_params("`params` do not fit").status(StatusCode::BAD_REQUEST),
        },
    }
}

fn refuse<'a>(id: Option<Id<'a>>, code: i32, message: impl Into<Cow<'static, str>>) -> Refusal<'a> {
    Refusal {
        id,
        error: RpcError::new(code, message),
    }
}

/// serde's sentence, cut: it repeats a text that stands where something else should.
fn reason(error: &serde_json::Error) -> String {
    const LIMIT: usize = 160;
    let text = error.to_string();
    match text.char_indices().nth(LIMIT) {
        None => text,
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_id_is_refused_and_not_repeated() {
        let message = |length: usize| {
            let id = "a".repeat(length - 2);
            format!(r#"{{"jsonrpc":"2.0","id":"{id}","method":"ping"}}"#)
        };
        assert!(parse(message(LONGEST).as_bytes(), |_| true).is_ok());
        let long = message(LONGEST + 1);
        let refusal = parse(long.as_bytes(), |_| true).unwrap_err();
        assert_eq!((refusal.id, refusal.error.code), (None, -32600));
    }

    #[test]
    fn what_does_not_fit_in_meta_is_told_with_what_else_the_request_says() {
        let message = |meta: &str, id: &str| {
            format!(
                r#"{{"jsonrpc":"2.0",{id}"method":"tools/call","params":{{"_meta":{meta},"name":"greet"}}}}"#
            )
        };
        for meta in [
            "7",
            "[]",
            r#"{"io.modelcontextprotocol/protocolVersion":7}"#,
            r#"{"progressToken":1,"progressToken":2}"#,
        ] {
            let text = message(meta, r#""id":1,"#);
            let Ok(Message::Request(request)) = parse_text(&text, |_| true) else {
                panic!("{text}");
            };
            assert_eq!(request.params.name.as_deref(), Some("greet"));
            assert_eq!(request.params.meta().unwrap_err().code, -32602, "{meta}");
            // Of a notification nothing of it is looked at.
            let text = message(meta, "");
            assert!(
                matches!(
                    parse_text(&text, |_| true),
                    Ok(Message::Notification { .. })
                ),
                "{text}"
            );
        }
        for meta in ["null", "{}", r#"{"a":1,"a":2}"#] {
            let text = message(meta, r#""id":1,"#);
            let Ok(Message::Request(request)) = parse_text(&text, |_| true) else {
                panic!("{text}");
            };
            assert!(request.params.meta().is_ok(), "{meta}");
        }
    }
}
