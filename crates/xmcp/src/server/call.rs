//! One call of a tool, from checked name to outcome, the same on every transport.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;

use super::{
    Server,
    jsonrpc::{RpcError, code},
    registry::Entry,
};
use crate::{
    BoxError, CallToolResult, Context, ToolError,
    codegen::Call,
    panic, session,
    tool::{ToolErrorKind, bounded_error},
};

/// A call that owns what it needs, so that it can outlive the connection it came on.
pub(crate) struct ToolCall {
    pub(crate) server: Arc<Server>,
    /// The tool's place in the registry.
    pub(crate) tool: usize,
    /// JSON text; `None` is an empty object.
    pub(crate) arguments: Option<Bytes>,
    pub(crate) context: Context,
}

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Result(CallToolResult),
    Error(RpcError),
}

impl ToolCall {
    pub(crate) fn entry(&self) -> &Entry {
        &self.server.registry.tools[self.tool]
    }

    /// Checks the arguments, runs the handler within its time, and contains its panics.
    pub(crate) async fn run(&self) -> Outcome {
        let arguments = self
            .arguments
            .as_deref()
            .map_or(Ok("{}"), std::str::from_utf8)
            .unwrap_or("null");
        let arguments = match self.entry().check.check(arguments) {
            Ok(arguments) => arguments,
            // The model reads this and mends its call (2025-11-25 server/tools, "Error Handling").
            Err(violations) => {
                return Outcome::Result(CallToolResult::error(violations.to_string()));
            }
        };
        let call = Call {
            arguments: &arguments,
            context: &self.context,
        };
        let limit = self.server.settings.http.limits.call_timeout;
        let handler =
            AssertUnwindSafe(async { (self.entry().tool.call)(call).future.await }).catch_unwind();
        let handler = session::with_caller(self.context.session().cloned(), handler);
        match tokio::time::timeout(limit, handler).await {
            Ok(Ok(Ok(result))) => Outcome::Result(self.bounded(result)),
            Ok(Ok(Err(error))) => self.failed(error),
            Ok(Err(reason)) => self.panicked(&*reason),
            Err(_) => {
                tracing::warn!(
                    tool = self.entry().tool.name,
                    request_id = self.context.request_id(),
                    "the handler took too long"
                );
                Outcome::Result(CallToolResult::error(format!(
                    "the tool did not answer within {} s",
                    limit.as_secs()
                )))
            }
        }
    }

    /// What the model, the log and the client get to see of a failure.
    fn failed(&self, error: ToolError) -> Outcome {
        let (tool, request_id) = (self.entry().tool.name, self.context.request_id());
        match error.kind {
            ToolErrorKind::Message { message, source } => {
                if let Some(source) = source {
                    tracing::warn!(
                        tool,
                        request_id,
                        error = crate::error::chain(&*source),
                        "the handler failed"
                    );
                }
                Outcome::Result(self.bounded(CallToolResult::error(message)))
            }
            ToolErrorKind::MissingCapability(_) | ToolErrorKind::InputRequired(_) => {
                Outcome::Result(self.apology())
            }
            ToolErrorKind::Internal(source) => self.internal(&source),
            ToolErrorKind::Rpc {
                code,
                message,
                data,
            } => {
                if !is_for_applications(code) {
                    tracing::error!(
                        tool,
                        request_id,
                        code,
                        said = message,
                        "the handler used an error code that is not the application's to use"
                    );
                    return Outcome::Error(RpcError::internal(request_id));
                }
                let limit = self.server.settings.http.limits.output;
                let (message, data) = bounded_error(message, data, limit);
                let error = RpcError::new(code, message);
                Outcome::Error(match data {
                    Some(data) => error.data(data),
                    None => error,
                })
            }
        }
    }

    fn internal(&self, source: &BoxError) -> Outcome {
        let (tool, request_id) = (self.entry().tool.name, self.context.request_id());
        tracing::error!(
            tool,
            request_id,
            error = crate::error::chain(&**source),
            "the handler failed"
        );
        Outcome::Result(self.apology())
    }

    fn panicked(&self, reason: &(dyn Any + Send)) -> Outcome {
        let (tool, request_id) = (self.entry().tool.name, self.context.request_id());
        tracing::error!(
            tool,
            request_id,
            panic = panic::unlogged(reason),
            "the handler panicked"
        );
        Outcome::Result(self.apology())
    }

    /// What a stranger reads when the reason is nobody's business but the log's.
    fn apology(&self) -> CallToolResult {
        CallToolResult::error(RpcError::internal(self.context.request_id()).message)
    }

    /// The result, within the size that clients and models can take.
    fn bounded(&self, result: CallToolResult) -> CallToolResult {
        result.bounded(self.server.settings.http.limits.output)
    }
}

/// The codes that the specification leaves to applications, and the two of its own that fit a handler.
fn is_for_applications(code: i32) -> bool {
    matches!(code, code::INVALID_PARAMS | code::INTERNAL_ERROR)
        || !(-32768..=-32000).contains(&code)
}
