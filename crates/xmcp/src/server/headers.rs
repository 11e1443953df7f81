//! Whether a request's headers say what its body says (2026-07-28 basic/transports/streamable-http, "Server Validation").
//!
//! Decisions are made on the body; a header is only compared. A header that stands twice is refused, because a proxy may
//! have read the other one.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::HeaderMap;

use super::{
    jsonrpc::{Meta, Request, RpcError},
    version,
};
use crate::Era;

pub(crate) const PROTOCOL_VERSION: &str = "mcp-protocol-version";
const METHOD: &str = "mcp-method";
const NAME: &str = "mcp-name";

/// The generation that a request belongs to, once headers and `_meta` agree and nothing that it requires is missing.
pub(crate) fn era(
    headers: &HeaderMap,
    request: &Request<'_>,
    meta: &Meta<'_>,
) -> Result<Era, RpcError> {
    let header = single(headers, PROTOCOL_VERSION)?;
    let Some(version) = meta.protocol_version.as_deref() else {
        return without_meta(header, request);
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
    match spoken(version)? {
        Era::Legacy => Ok(Era::Legacy),
        Era::Modern => {
            agrees(headers, METHOD, &request.method)?;
            if let Some(name) = named(request) {
                agrees(headers, NAME, name)?;
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
        _ => None,
    }
}

/// The generation of a request that came without headers, over stdio: `_meta` alone says it.
pub(crate) fn era_of_meta(request: &Request<'_>, meta: &Meta<'_>) -> Result<Era, RpcError> {
    let Some(version) = meta.protocol_version.as_deref() else {
        return without_meta(None, request);
    };
    let era = spoken(version)?;
    if era == Era::Modern {
        capabilities(meta)?;
    }
    Ok(era)
}

/// The generation of a version, or the error that lists those spoken here.
fn spoken(version: &str) -> Result<Era, RpcError> {
    version::era(version).ok_or_else(|| RpcError::unsupported_version(version, &version::SUPPORTED))
}

/// A request that names no version in `_meta`: one of a client that opened with `initialize`.
fn without_meta(header: Option<&str>, request: &Request<'_>) -> Result<Era, RpcError> {
    let era = match header {
        // Before 2025-06-18 there was no such header.
        None => Some(Era::Legacy),
        // The version that a client offers to negotiate may be one that this server does not speak.
        Some(_) if request.method == "initialize" => Some(Era::Legacy),
        Some(header) => version::era(header),
    };
    match era {
        None => Err(RpcError::unsupported_version(
            header.unwrap_or_default(),
            &version::SUPPORTED,
        )),
        Some(Era::Legacy) if request.method != "server/discover" => Ok(Era::Legacy),
        Some(_) => Err(missing("io.modelcontextprotocol/protocolVersion")),
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

/// A header must be there and, decoded, be the body's value.
fn agrees(headers: &HeaderMap, name: &'static str, body: &str) -> Result<(), RpcError> {
    let Some(value) = single(headers, name)? else {
        return Err(RpcError::header_mismatch(format!(
            "the header `{name}` is missing"
        )));
    };
    // The method is always plain; names may be wrapped.
    let same = match value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
    {
        Some(encoded) if name == NAME => BASE64_STANDARD
            .decode(encoded)
            .is_ok_and(|decoded| decoded == body.as_bytes()),
        _ => value == body,
    };
    if same {
        return Ok(());
    }
    Err(RpcError::header_mismatch(format!(
        "the header `{name}` differs from the body"
    )))
}

/// A header's only value, if it is there.
fn single<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(RpcError::header_mismatch(format!(
            "the header `{name}` stands more than once"
        )));
    }
    match value.to_str() {
        Ok(value) => Ok(Some(value)),
        Err(_) => Err(RpcError::header_mismatch(format!(
            "the header `{name}` has characters that are not visible ASCII"
        ))),
    }
}
