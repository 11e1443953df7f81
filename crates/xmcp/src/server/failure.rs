//! Why a handler has no result, what the log learns of that, and what a stranger does.

use std::any::Any;

use super::{
    audit::Why,
    call::{Call, Outcome},
    jsonrpc::{RpcError, code},
    target::{Target, Whose},
};
use crate::{
    BoxError, Era, InputRequired, ToolError, panic,
    tool::{ToolErrorKind, bounded_error},
};

/// Why a handler has no result.
pub(super) enum Failure {
    Error(ToolError),
    Panic(Box<dyn Any + Send>),
    TimedOut,
    /// No failure: the client has to answer first.
    Asked(InputRequired),
}

impl Failure {
    fn why(&self) -> Why {
        match self {
            Self::Panic(_) => Why::Panic,
            Self::TimedOut => Why::Timeout,
            Self::Asked(_) => Why::InputRequired,
            Self::Error(error) => match error.kind {
                ToolErrorKind::Internal(_) => Why::Internal,
                ToolErrorKind::MissingCapabilities(_) => Why::MissingCapability,
                ToolErrorKind::InputRequired(_) => Why::InputRequired,
                ToolErrorKind::Message { .. }
                | ToolErrorKind::NotFound { .. }
                | ToolErrorKind::Rpc { .. } => Why::HandlerError,
            },
        }
    }
}

/// What a stranger may know of a failure.
pub(super) enum Said {
    /// A sentence of the handler's, or about its time.
    Message(String),
    NotFound(String),
    /// That there was one.
    Nothing,
    Rpc(RpcError),
    /// What is asked of it.
    Asked(InputRequired),
}

impl Call {
    /// Tells the log of a failure, and what a stranger gets to see of it.
    pub(super) fn said(&self, failure: Failure) -> Said {
        let (whose, request_id) = (self.target.whose(), self.context.request_id());
        let Whose {
            tool,
            prompt,
            resource,
        } = whose;
        self.audit.note(failure.why());
        match failure {
            Failure::TimedOut => {
                tracing::warn!(
                    tool,
                    prompt,
                    resource,
                    request_id,
                    "the handler took too long"
                );
                let limit = self.time().as_secs();
                let noun = self.target.noun();
                Said::Message(format!("the {noun} did not answer within {limit} s"))
            }
            Failure::Panic(reason) => {
                tracing::error!(
                    tool,
                    prompt,
                    resource,
                    request_id,
                    panic = panic::unlogged(&*reason),
                    "the handler panicked"
                );
                Said::Nothing
            }
            Failure::Error(error) => self.told(whose, error),
            Failure::Asked(asked) => Said::Asked(asked),
        }
    }

    fn told(&self, whose: Whose<'_>, error: ToolError) -> Said {
        let request_id = self.context.request_id();
        let Whose {
            tool,
            prompt,
            resource,
        } = whose;
        let failed = |source: &BoxError| crate::error::chain(&**source);
        match error.kind {
            ToolErrorKind::Message { message, source } => {
                if let Some(source) = source {
                    let error = failed(&source);
                    tracing::warn!(
                        tool,
                        prompt,
                        resource,
                        request_id,
                        error,
                        "the handler failed"
                    );
                }
                Said::Message(message)
            }
            ToolErrorKind::NotFound { message } => Said::NotFound(message),
            ToolErrorKind::MissingCapabilities(missing) => match self.era() {
                Era::Modern => Said::Rpc(RpcError::missing_capabilities(&missing)),
                Era::Legacy => Said::Message(ToolError::missing_capabilities(missing).to_string()),
            },
            ToolErrorKind::InputRequired(asked) => Said::Asked(*asked),
            ToolErrorKind::Internal(source) => {
                let error = failed(&source);
                tracing::error!(
                    tool,
                    prompt,
                    resource,
                    request_id,
                    error,
                    "the handler failed"
                );
                Said::Nothing
            }
            ToolErrorKind::Rpc {
                code,
                message,
                data,
            } => {
                if !is_for_applications(code) {
                    tracing::error!(
                        tool,
                        prompt,
                        resource,
                        request_id,
                        code,
                        said = message,
                        "the handler used an error code that is not the application's to use"
                    );
                    return Said::Rpc(self.apology());
                }
                let (message, data) = bounded_error(message, data, self.limit());
                let error = RpcError::new(code, message);
                Said::Rpc(match data {
                    Some(data) => error.data(data),
                    None => error,
                })
            }
        }
    }

    /// The error of a request that has no result to say a failure in.
    pub(super) fn failed(&self, failure: Failure) -> Outcome {
        let error = match self.said(failure) {
            Said::Message(message) => {
                let (message, _) = bounded_error(message, None, self.limit());
                RpcError::new(code::INTERNAL_ERROR, message)
            }
            Said::NotFound(message) => {
                let (message, _) = bounded_error(message, None, self.limit());
                match &self.target {
                    Target::Resource(reading) => {
                        RpcError::resource_not_found(message, &reading.uri, self.context.era())
                    }
                    _ => RpcError::invalid_params(message),
                }
            }
            Said::Nothing => self.apology(),
            Said::Rpc(error) => error,
            Said::Asked(asked) => return self.asked(&asked),
        };
        Outcome::Error(error)
    }
}

/// The codes that the specification leaves to applications, and the two of its own that fit a handler.
fn is_for_applications(code: i32) -> bool {
    matches!(code, code::INVALID_PARAMS | code::INTERNAL_ERROR)
        || !(-32768..=-32000).contains(&code)
}
