//! Whether a request's headers say what its body says (2026-07-28 basic/transports/streamable-http, "Server Validation").
//!
//! Decisions are made on the body; a header is only compared. A header that stands twice is refused, because a proxy may
//! have read the other one.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue, header::AsHeaderName};

use super::{
    jsonrpc::{Meta, Request, RpcError},
    version::{self, Versions},
};
use crate::Era;

// As a name and not as a text, which would be parsed each time that it is looked up.
pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

/// The protocol's own headers of a request. They are found in one walk over all of them: to look up a name that is none of HTTP's own
/// takes as long as to pass a dozen others.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    version: Field<'a>,
    method: Field<'a>,
    name: Field<'a>,
    session: Field<'a>,
}

/// The values of a header.
#[derive(Clone, Copy, Default)]
enum Field<'a> {
    #[default]
    Absent,
    Once(&'a HeaderValue),
    Often,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(headers: &'a HeaderMap) -> Self {
        let mut fields = Self::default();
        for (name, value) in headers {
            let Some(name) = name.as_str().strip_prefix("mcp-") else {
                continue;
            };
            match name {
                "protocol-version" => fields.version.add(value),
                "method" => fields.method.add(value),
                "name" => fields.name.add(value),
                "session-id" => fields.session.add(value),
                _ => {}
            }
        }
        fields
    }

    /// Whether the request names a transport session.
    pub(super) fn name_session(&self) -> bool {
        !matches!(self.session, Field::Absent)
    }
}

impl<'a> Field<'a> {
    fn add(&mut self, value: &'a HeaderValue) {
        *self = match self {
            Self::Absent => Self::Once(value),
            _ => Self::Often,
        };
    }

    /// The only value, if there is one. Messages call it `name`.
    fn text(self, name: &str) -> Result<Option<&'a str>, RpcError> {
        let value = match self {
            Self::Absent => return Ok(None),
            Self::Once(value) => value,
            Self::Often => {
                return Err(RpcError::header_mismatch(format!(
                    "the header `{name}` stands more than once"
                )));
            }
        };
        match value.to_str() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(RpcError::header_mismatch(format!(
                "the header `{name}` has characters that are not visible ASCII"
            ))),
        }
    }
}

/// The generation that a request belongs to, once headers and `_meta` agree and nothing that it requires is missing.
pub(crate) fn era(
    headers: &Fields<'_>,
    request: &Request<'_>,
    meta: &Meta<'_>,
    versions: &Versions,
) -> Result<Era, RpcError> {
    let header = headers.version.text("mcp-protocol-version")?;
    let Some(version) = meta.protocol_version.as_deref() else {
        return without_meta(header, request, versions);
    };
    match header {
        None => {
            return Err(RpcError::header_mismatch(
                "the header `MCP-Protocol-Version` is missing",
            ));
        }
        Some(header) if header != version => {
            return Err(RpcError::header_mismatch(
                "the header `MCP-Protocol-Version` differs from the version in `_meta`",
            ));
        }
        Some(_) => {}
    }
    match versions.era(version)? {
        Era::Legacy => Ok(Era::Legacy),
        Era::Modern => {
            // The method is always plain; names may be wrapped.
            agrees(headers.method, "mcp-method", |method| {
                method == request.method
            })?;
            if let Some(name) = named(request) {
                agrees(headers.name, "mcp-name", |value| {
                    decoded(value).is_some_and(|value| value == name)
                })?;
            }
            capabilities(meta)?;
            Ok(Era::Modern)
        }
    }
}

/// What the header `Mcp-Name` repeats of the body (2026-07-28 basic/transports/streamable-http, "Standard Request Headers").
fn named<'a>(request: &'a Request<'_>) -> Option<&'a str> {
    match &*request.method {
        "tools/call" | "prompts/get" => request.params.name.as_deref(),
        "resources/read" => request.params.uri.as_deref(),
        // The tasks extension, "Routing Headers".
        "tasks/get" | "tasks/update" | "tasks/cancel" => request.params.task_id.as_deref(),
        _ => None,
    }
}

/// The generation of a request that came without headers, over stdio: `_meta` alone says it.
pub(crate) fn era_of_meta(
    request: &Request<'_>,
    meta: &Meta<'_>,
    versions: &Versions,
) -> Result<Era, RpcError> {
    let Some(version) = meta.protocol_version.as_deref() else {
        return without_meta(None, request, versions);
    };
    let era = versions.era(version)?;
    if era == Era::Modern {
        capabilities(meta)?;
    }
    Ok(era)
}

/// A request that names no version in `_meta`: one of a client that opened with `initialize`.
fn without_meta(
    header: Option<&str>,
    request: &Request<'_>,
    versions: &Versions,
) -> Result<Era, RpcError> {
    let lacks_version = || missing("io.modelcontextprotocol/protocolVersion");
    match (&*request.method, header) {
        ("server/discover", Some(header)) => {
            versions.era(header)?;
            Err(lacks_version())
        }
        ("server/discover", None) => Err(lacks_version()),
        // The version that a client offers to negotiate may be one that this server does not speak.
        ("initialize", None) => Ok(Era::Legacy),
        ("initialize", Some(version)) if version != version::MODERN => Ok(Era::Legacy),
        // Before 2025-06-18 there was no such header.
        (_, None) => versions.unnamed(),
        (_, Some(header)) => match versions.era(header)? {
            Era::Legacy => Ok(Era::Legacy),
            Era::Modern => Err(lacks_version()),
        },
    }
}

/// The capabilities that every modern request carries.
pub(crate) fn capabilities(meta: &Meta<'_>) -> Result<(), RpcError> {
    match meta.client_capabilities {
        Some(capabilities) if capabilities.get().starts_with('{') => Ok(()),
        _ => Err(missing("io.modelcontextprotocol/clientCapabilities")),
    }
}

fn missing(key: &str) -> RpcError {
    RpcError::invalid_params(format!("`_meta` lacks `{key}` or has it with a wrong type"))
        .status(http::StatusCode::BAD_REQUEST)
}

/// A header must be there and be what the body says.
fn agrees(
    header: Field<'_>,
    name: &str,
    is_same: impl FnOnce(&str) -> bool,
) -> Result<(), RpcError> {
    let Some(value) = header.text(name)? else {
        return Err(RpcError::header_mismatch(format!(
            "the header `{name}` is missing"
        )));
    };
    if is_same(value) {
        return Ok(());
    }
    Err(RpcError::header_mismatch(format!(
        "the header `{name}` differs from the body"
    )))
}

/// What a header's value stands for; `None` when it is wrapped and what is in it is no text ("Value Encoding").
pub(super) fn decoded(value: &str) -> Option<Cow<'_, str>> {
    let encoded = value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="));
    match encoded {
        None => Some(Cow::Borrowed(value)),
        Some(encoded) => {
            let bytes = BASE64_STANDARD.decode(encoded).ok()?;
            String::from_utf8(bytes).ok().map(Cow::Owned)
        }
    }
}

/// A header's only value, if it is there. Messages call it `name`.
pub(super) fn single<'a>(
    headers: &'a HeaderMap,
    header: impl AsHeaderName,
    name: &str,
) -> Result<Option<&'a str>, RpcError> {
    let mut field = Field::default();
    for value in headers.get_all(header) {
        field.add(value);
    }
    field.text(name)
}
