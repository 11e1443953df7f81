//! What a request asks for, decided on its envelope and caller alone, and the same on every transport.

use bytes::Bytes;
use xmcp_auth::Session;

use super::{
    Server,
    jsonrpc::{Request, RpcError},
    method::Method,
};
use crate::{Era, LogLevel, excerpt::excerpt};

/// What a request asks for, once nothing about it is wrong.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A result that no handler makes, as JSON text.
    Known(Bytes),
    /// A call of the tool at this place in the registry.
    Call(usize),
}

/// The method of a request, and what it asks for. Fails when its generation has no such method, or when its params do not fit the
/// method.
pub(crate) fn asked(
    server: &Server,
    request: &Request<'_>,
    era: Era,
    session: Option<&Session>,
) -> Result<(Method, Asked), RpcError> {
    let not_found = || RpcError::method_not_found(&request.method);
    let method = Method::parse(&request.method)
        .filter(|method| method.is_in(era))
        .ok_or_else(not_found)?;
    let params = &request.params;
    let result = match method {
        Method::CallTool => {
            let name = params
                .name
                .as_deref()
                .ok_or_else(|| RpcError::invalid_params("`name` is missing"))?;
            return server
                .registry
                .position(name)
                .map(|tool| (method, Asked::Call(tool)))
                .ok_or_else(|| unknown_tool(name));
        }
        Method::ListTools if params.cursor.is_some() => {
            return Err(RpcError::invalid_params(
                "`cursor` is none of this server's: the list has one page",
            ));
        }
        Method::ListTools => server.tools(era, session),
        Method::Discover => server.discover(),
        Method::Initialize => {
            let version = params.protocol_version.as_deref();
            server.initialize(
                version.ok_or_else(|| RpcError::invalid_params("`protocolVersion` is missing"))?,
            )
        }
        Method::Ping => Bytes::from_static(b"{}"),
        Method::SetLevel => {
            level(params.level.as_deref())?;
            if !server.registry.can_log() {
                return Err(not_found());
            }
            Bytes::from_static(b"{}")
        }
    };
    Ok((method, Asked::Known(result)))
}

/// The level of `logging/setLevel`.
pub(crate) fn level(level: Option<&str>) -> Result<LogLevel, RpcError> {
    let level = level.ok_or_else(|| RpcError::invalid_params("`level` is missing"))?;
    serde_json::from_value(level.into()).map_err(|_| {
        RpcError::invalid_params("`level` must be one of debug, info, notice, warning, error, critical, alert, emergency")
    })
}

fn unknown_tool(name: &str) -> RpcError {
    RpcError::invalid_params(format!("unknown tool {}", excerpt(name)))
}
