//! What a request asks for, decided on its envelope and caller alone, and the same on every transport.

use std::sync::Arc;

use bytes::Bytes;
use xmcp_auth::Session;

use super::{
    Server,
    audit::Why,
    completion::Completion,
    jsonrpc::{Params, Request, RpcError},
    list::ListKind,
    method::Method,
    owner::Owner,
    registry::Primitives,
    subscriptions::Filter,
    target::{Reading, Target},
    tasks,
};
use crate::{Era, LogLevel, excerpt::excerpt};

/// What a request asks for, once nothing about it is wrong.
#[derive(Debug)]
pub(crate) enum Asked {
    /// A result that no handler makes, as JSON text.
    Known(Bytes),
    /// What a handler does.
    Call(Target),
    /// To be told of changes of this resource, in a session or on a pipe.
    Subscribe(String),
    /// To be told of them no more.
    Unsubscribe(String),
    /// To be told of what this filter names and this server can tell of.
    Listen(Filter),
}

/// The method of a request, and what it asks for. Fails when its generation has no such method or this server nothing that it is
/// for, or when its params do not fit the method.
pub(crate) fn asked(
    server: &Server,
    request: &Request<'_>,
    era: Era,
    session: Option<&Session>,
) -> Result<(Method, Asked), RpcError> {
    let method = Method::parse(&request.method)
        .filter(|method| method.is_in(era))
        .ok_or_else(|| RpcError::method_not_found(&request.method))?;
    let registry = server.registry.now();
    if !registry.capabilities.has(method) {
        return Err(unserved(server, method));
    }
    let params = &request.params;
    let list = |kind| server.list(kind, era, params.cursor.as_deref(), session);
    let result = match method {
        Method::CallTool | Method::GetPrompt | Method::ReadResource | Method::Complete => {
            let target = target(&registry, method, request, era)?;
            return Ok((method, Asked::Call(target)));
        }
        Method::Subscribe => {
            return Ok((method, Asked::Subscribe(uri(params)?.to_owned())));
        }
        Method::Unsubscribe => {
            return Ok((method, Asked::Unsubscribe(uri(params)?.to_owned())));
        }
        Method::Listen => {
            if server.serves(Method::GetTask) && tasks::are_named(params.notifications) {
                declared(params)?;
            }
            let mut filter = server
                .capabilities()
                .tellable(Filter::parse(params.notifications)?);
            // What a caller may not read, it is not told of either.
            filter
                .resource_subscriptions
                .retain(|uri| server.may_read(uri, session).is_ok());
            return Ok((method, Asked::Listen(filter)));
        }
        Method::ListTools => list(ListKind::Tools)?,
        Method::ListPrompts => list(ListKind::Prompts)?,
        Method::ListResources => list(ListKind::Resources)?,
        Method::ListTemplates => list(ListKind::Templates)?,
        Method::Discover => server.discover(),
        Method::Initialize => {
            let version = params.protocol_version.as_deref();
            server.initialize(
                version.ok_or_else(|| RpcError::invalid_params("`protocolVersion` is missing"))?,
            )?
        }
        Method::GetTask | Method::UpdateTask | Method::CancelTask => {
            task(server, method, params, session)?
        }
        Method::ListSkills => {
            server
                .skills
                .list(&server.lists, params.cursor.as_deref(), session)?
        }
        Method::GetSkill => server.skills.get(&server.lists, uri(params)?)?,
        Method::ReadDirectory => server
            .skills
            .directory(uri(params)?, params.cursor.as_deref())?,
        Method::Ping => Bytes::from_static(b"{}"),
        Method::SetLevel => {
            level(params.level.as_deref())?;
            Bytes::from_static(b"{}")
        }
    };
    Ok((method, Asked::Known(result)))
}

/// That the client has the tasks extension.
fn declared(params: &Params<'_>) -> Result<(), RpcError> {
    let capabilities = params.meta()?.client_capabilities;
    let capabilities = capabilities.and_then(|text| serde_json::from_str(text.get()).ok());
    match tasks::declares(capabilities) {
        true => Ok(()),
        false => Err(tasks::undeclared()),
    }
}

/// The result of a request about a task.
fn task(
    server: &Server,
    method: Method,
    params: &Params<'_>,
    session: Option<&Session>,
) -> Result<Bytes, RpcError> {
    declared(params)?;
    let id = params.task_id.as_deref();
    let id = id.ok_or_else(|| RpcError::invalid_params("`taskId` is missing"))?;
    let owner = Owner::of(session);
    match method {
        Method::UpdateTask => {
            let answers = params.input_responses.map(|text| text.get());
            let answers = answers.and_then(|text| serde_json::from_str(text).ok());
            let answers = answers
                .ok_or_else(|| RpcError::invalid_params("`inputResponses` must be an object"))?;
            server.tasks.update(id, &owner, answers)
        }
        Method::CancelTask => server.tasks.cancel(id, &owner),
        _ => server.tasks.get(id, &owner),
    }
}

/// Why a method of the protocol is not there. One that a setting would bring says so.
fn unserved(server: &Server, method: Method) -> RpcError {
    let mut error = RpcError::method_not_found(method.name());
    let is_subscription = matches!(method, Method::Subscribe | Method::Unsubscribe);
    if is_subscription && server.serves(Method::ReadResource) {
        error.message += " without transport sessions: set `[http] sessions = true` in xmcp.toml (XMCP_HTTP_SESSIONS=true)";
    }
    error
}

/// The handler that a request is for.
fn target(
    registry: &Primitives,
    method: Method,
    request: &Request<'_>,
    era: Era,
) -> Result<Target, RpcError> {
    let params = &request.params;
    let name = || {
        let name = params.name.as_deref();
        name.ok_or_else(|| RpcError::invalid_params("`name` is missing"))
    };
    match method {
        Method::GetPrompt => {
            let name = name()?;
            let prompt = registry.prompts.get(name);
            prompt
                .map(|prompt| Target::Prompt(Arc::clone(prompt)))
                .ok_or_else(|| {
                    RpcError::invalid_params(format!("unknown prompt {}", excerpt(name)))
                        .because(Why::UnknownPrompt)
                })
        }
        Method::ReadResource => {
            let uri = uri(params)?;
            let found = registry
                .resource(uri)
                .ok_or_else(|| RpcError::resource_not_found("resource not found", uri, era))?;
            let uri = uri.to_owned();
            Ok(Target::Resource(Box::new(Reading { uri, found })))
        }
        Method::Complete => Completion::read(registry, request)
            .map(Box::new)
            .map(Target::Completion),
        _ => {
            let name = name()?;
            let tool = registry.tools.get(name);
            tool.map(|tool| Target::Tool(Arc::clone(tool)))
                .ok_or_else(|| {
                    RpcError::invalid_params(format!("unknown tool {}", excerpt(name)))
                        .because(Why::UnknownTool)
                })
        }
    }
}

fn uri<'a>(params: &'a Params<'_>) -> Result<&'a str, RpcError> {
    let uri = params.uri.as_deref();
    uri.ok_or_else(|| RpcError::invalid_params("`uri` is missing"))
}

/// The level of `logging/setLevel`.
pub(crate) fn level(level: Option<&str>) -> Result<LogLevel, RpcError> {
    let level = level.ok_or_else(|| RpcError::invalid_params("`level` is missing"))?;
    serde_json::from_value(level.into()).map_err(|_| {
        RpcError::invalid_params("`level` must be one of debug, info, notice, warning, error, critical, alert, emergency")
    })
}
