//! What a line of input is: the errors of the protocol are answered from here, and what passes is valid.

use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;
use serde_json::Value;

use crate::{
    AskError, ClientCapabilities, ClientInfo, Era, LogLevel, Transport,
    ask::Brought,
    context::MetaText,
    server::{
        self, Asked, Method, RequestText, Server, TextParts, Whose,
        audit::{Asking, Audit},
        era_of_meta,
        jsonrpc::{self, Message, Refusal, Request, RpcError, code},
        level,
    },
};

/// One line of input, read.
#[derive(Debug)]
pub(super) enum Incoming {
    /// Nothing is wrong with it, and somebody has to answer.
    Request(Box<Accepted>),
    /// The client gives up the request of this id, a JSON text.
    Cancelled(Bytes),
    /// The client answers the question of this id, a JSON text.
    Answered {
        id: Bytes,
        answer: Result<Value, AskError>,
    },
    /// Something is wrong with it; this is the answer.
    Refused(Bytes),
    /// Nothing that this server has to do with.
    Ignored,
}

/// A request that this server can answer, in pieces of its line.
#[derive(Debug)]
pub(super) struct Accepted {
    pub(super) text: RequestText,
    pub(super) era: Era,
    pub(super) method: Method,
    pub(super) asked: Asked,
    pub(super) brought: Brought,
    pub(super) meta: Option<MetaText>,
    pub(super) remembered: Remembered,
    pub(super) audit: Audit,
    /// How much memory this takes, with the line that it is pieces of.
    pub(super) size: usize,
}

/// What earlier requests of the same pipe said of the later ones. On 2026-07-28 every request says it itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Remembered {
    pub(super) client: Option<Arc<ClientInfo>>,
    pub(super) capabilities: Option<Arc<ClientCapabilities>>,
    pub(super) log_level: Option<LogLevel>,
}

impl Incoming {
    /// Reads a line, and remembers what it says of the lines after it.
    pub(super) fn read(server: &Server, line: &Bytes, remembered: &mut Remembered) -> Self {
        let Ok(line) = &ByteString::try_from(line.clone()) else {
            return Self::no_message(server, Refusal::of_no_text());
        };
        match jsonrpc::parse_text(line, |name| Method::parse(name).is_some()) {
            Ok(Message::Request(request)) => {
                let era = request.params.meta();
                let era = era.and_then(|meta| era_of_meta(&request, meta, &server.versions));
                let audit = audit(server, Some(&request.method), era.as_ref().ok().copied());
                era.and_then(|era| Self::request(server, line, &request, era, remembered, &audit))
                    .unwrap_or_else(|error| {
                        audit.erred(&error, Some(&request.params));
                        Self::Refused(server::error_response(Some(request.id), &error))
                    })
            }
            Ok(Message::Notification { method, params }) if method == "notifications/cancelled" => {
                params.request_id.map_or(Self::Ignored, |id| {
                    Self::Cancelled(line.as_bytes().slice_ref(id.get().as_bytes()))
                })
            }
            Ok(Message::Notification { .. }) => Self::Ignored,
            Ok(Message::Response(response)) => Self::Answered {
                id: line.as_bytes().slice_ref(response.id.as_str().as_bytes()),
                answer: response.outcome(),
            },
            // The params of a notification: nobody waits for an answer, and there is no status to tell it by.
            Err(Refusal { id: None, error }) if error.code == code::INVALID_PARAMS => {
                tracing::debug!(error = &*error.message, "a notification is ignored");
                Self::Ignored
            }
            Err(refusal) => Self::no_message(server, refusal),
        }
    }

    fn no_message(server: &Server, Refusal { id, error }: Refusal<'_>) -> Self {
        audit(server, None, None).erred(&error, None);
        Self::Refused(server::error_response(id, &error))
    }

    fn request(
        server: &Server,
        line: &ByteString,
        request: &Request<'_>,
        era: Era,
        remembered: &mut Remembered,
        audit: &Audit,
    ) -> Result<Self, RpcError> {
        let params = &request.params;
        let (method, asked) = server::asked(server, request, era, None)?;
        match method {
            Method::Initialize => {
                let client = params
                    .client_info
                    .and_then(|text| serde_json::from_str(text.get()).ok());
                let capabilities = params
                    .capabilities
                    .and_then(|text| serde_json::from_str(text.get()).ok());
                *remembered = Remembered {
                    client: client.map(Arc::new),
                    // A client that declares nothing can do nothing.
                    capabilities: Some(Arc::new(capabilities.unwrap_or_default())),
                    log_level: None,
                };
            }
            Method::SetLevel => remembered.log_level = Some(level(params.level.as_deref())?),
            _ => {}
        }
        if let Asked::Call(target) = &asked {
            audit.about(target);
            let checked = server.gate.check(target.listed(), None);
            checked.inspect_err(|_| {
                let Whose {
                    tool,
                    prompt,
                    resource,
                } = target.whose();
                tracing::warn!(
                    tool,
                    prompt,
                    resource,
                    "scopes are asked for, and on stdio nobody is signed in: use it over HTTP"
                );
            })?;
        }
        Ok(Self::Request(Box::new(Accepted {
            text: TextParts::of(line, request.id, params.arguments).in_message(line.clone()),
            era,
            method,
            asked,
            brought: params.brought(|text| line.slice_ref(text)),
            meta: MetaText::of(params.meta()?, line),
            remembered: match era {
                Era::Legacy => remembered.clone(),
                Era::Modern => Remembered::default(),
            },
            audit: audit.clone(),
            size: line.len() + size_of::<Accepted>(),
        })))
    }
}

/// What is to be told of a request, if anything is. Nobody is signed in here.
fn audit(server: &Server, method: Option<&str>, era: Option<Era>) -> Audit {
    Audit::begin(&server.settings.log, || Asking {
        caller: None,
        transport: Transport::Stdio,
        era,
        method,
        client_address: None,
        request_id: None,
    })
}
