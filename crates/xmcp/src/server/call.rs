//! One call of a handler, from checked name to outcome, the same for tools, prompts, resources and completions and on every
//! transport.

use std::{any::Any, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::FutureExt;

use super::{
    Server,
    completion::{Completion, Values},
    jsonrpc::{RpcError, code},
    registry::{PromptEntry, ToolEntry},
    rounds::InputRequests,
    target::{Reading, Target, Whose},
};
use crate::{
    BoxError, CallToolResult, Context, Era, GetPromptResult, InputRequired, ReadResourceResult,
    ToolError,
    ask::{self, Attended, Brought, Budget, Settled},
    codegen::{self, Reply},
    excerpt::excerpt,
    panic, session,
    tool::{ToolErrorKind, bounded_error},
};

/// A call that owns what it needs, so that it can outlive the connection it came on.
pub(crate) struct Call {
    pub(crate) server: Arc<Server>,
    pub(crate) target: Target,
    /// JSON text; `None` is an empty object.
    pub(crate) arguments: Option<Bytes>,
    /// What the client brings back from an earlier round of the same call.
    pub(crate) brought: Brought,
    pub(crate) context: Context,
}

/// How often a handler may ask a client that is connected by what it returns, in one call.
const ROUNDS: usize = 8;

/// What a call came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    Tool(CallToolResult),
    Prompt(GetPromptResult),
    Resource(ReadResourceResult),
    Completion(Values),
    InputRequired(InputRequests),
    Error(RpcError),
}

/// Why a handler has no result.
enum Failure {
    Error(ToolError),
    Panic(Box<dyn Any + Send>),
    TimedOut,
    /// No failure: the client has to answer first.
    Asked(InputRequired),
}

/// What a stranger may know of a failure.
enum Said {
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
    /// Checks the arguments, runs the handler within its time, and contains its panics.
    pub(crate) async fn run(&self) -> Outcome {
        if let Err(error) = self.begin() {
            return Outcome::Error(error);
        }
        match &self.target {
            Target::Tool(entry) => self.tool(entry).await,
            Target::Prompt(entry) => self.prompt(entry).await,
            Target::Resource(reading) => self.resource(reading).await,
            Target::Completion(completion) => self.completion(completion).await,
        }
    }

    async fn tool(&self, entry: &ToolEntry) -> Outcome {
        let arguments = match entry.check.check(self.arguments()) {
            Ok(arguments) => arguments,
            // The model reads this and mends its call (2025-11-25 server/tools, "Error Handling").
            Err(violations) => return Outcome::Tool(CallToolResult::error(violations.to_string())),
        };
        match self.handle(&*entry.call, &arguments).await {
            Ok(result) => Outcome::Tool(result.bounded(self.limit())),
            Err(failure) => match self.said(failure) {
                Said::Message(message) | Said::NotFound(message) => {
                    Outcome::Tool(CallToolResult::error(message).bounded(self.limit()))
                }
                Said::Nothing => Outcome::Tool(CallToolResult::error(self.apology().message)),
                Said::Rpc(error) => Outcome::Error(error),
                Said::Asked(asked) => self.asked(&asked),
            },
        }
    }

    async fn prompt(&self, entry: &PromptEntry) -> Outcome {
        let given = self.arguments();
        let missing = entry.missing(given);
        if !missing.is_empty() {
            return Outcome::Error(RpcError::invalid_params(format!(
                "missing arguments of the prompt `{}`: {}",
                entry.listed.key,
                missing.join(", ")
            )));
        }
        let arguments = match entry.check.check(given) {
            Ok(arguments) => arguments,
            Err(violations) => {
                return Outcome::Error(RpcError::invalid_params(violations.to_string()));
            }
        };
        match self.handle(&*entry.call, &arguments).await {
            Ok(result) if result.size() > self.limit() => self.too_large(),
            Ok(mut result) => {
                let described = || entry.listed.description.to_string();
                result.description = result.description.or_else(|| Some(described()));
                Outcome::Prompt(result)
            }
            Err(failure) => self.failed(failure),
        }
    }

    async fn resource(&self, reading: &Reading) -> Outcome {
        let entry = &reading.found.entry;
        let parameters = serde_json::to_string(&reading.found.parameters).unwrap_or_default();
        let arguments = match entry.check.check(&parameters) {
            Ok(arguments) => arguments,
            Err(violations) => {
                let data = serde_json::json!({ "uri": reading.uri });
                return Outcome::Error(RpcError::invalid_params(violations.to_string()).data(data));
            }
        };
        match self.handle(&*entry.call, &arguments).await {
            Ok(result) if result.size() > self.limit() && !entry.is_embedded => self.too_large(),
            Ok(result) => Outcome::Resource(result),
            Err(failure) => self.failed(failure),
        }
    }

    async fn completion(&self, completion: &Completion) -> Outcome {
        let Some(handler) = completion.handler() else {
            return Outcome::Completion(completion.ranked(completion.choices()));
        };
        let complete = |call| handler(completion.call(codegen::Call::context(&call)));
        match self.handle(&complete, "{}").await {
            Ok(values) => Outcome::Completion(completion.ranked(values)),
            Err(failure) => self.failed(failure),
        }
    }

    /// Runs a handler with its arguments, again after each time that it asked a client that is connected.
    async fn handle<'a, T>(
        &'a self,
        handler: &(dyn Fn(codegen::Call<'a>) -> Reply<'a, T> + Send + Sync),
        arguments: &'a str,
    ) -> Result<T, Failure> {
        let call = codegen::Call {
            arguments,
            context: &self.context,
        };
        let limit = self.time();
        let budget = Budget::new(limit, self.context.patience());
        for _ in 0..ROUNDS {
            let running = AssertUnwindSafe(async { handler(call).future.await }).catch_unwind();
            let running = session::with_caller(self.context.session().cloned(), running);
            let asked = match ask::attend(running, self.context.round(), &budget).await {
                Attended::Done(Ok(Ok(result))) => return Ok(result),
                Attended::Done(Ok(Err(error))) => match error.kind {
                    ToolErrorKind::InputRequired(asked) => *asked,
                    _ => return Err(Failure::Error(error)),
                },
                Attended::Done(Err(panic)) => return Err(Failure::Panic(panic)),
                Attended::TooLong => return Err(Failure::TimedOut),
                Attended::Asked(asked) => asked,
            };
            match ask::settle(&self.context, asked).await {
                Ok(Settled::Again) => {}
                Ok(Settled::Answer(asked)) => return Err(Failure::Asked(asked)),
                Err(error) => return Err(Failure::Error(error)),
            }
        }
        Err(Failure::Error(ToolError::new(format!(
            "the {} asked {ROUNDS} times and was not content",
            self.target.noun()
        ))))
    }

    /// Tells the log of a failure, and what a stranger gets to see of it.
    fn said(&self, failure: Failure) -> Said {
        let (whose, request_id) = (self.target.whose(), self.context.request_id());
        let Whose {
            tool,
            prompt,
            resource,
        } = whose;
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
    fn failed(&self, failure: Failure) -> Outcome {
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

    /// What a stranger reads when the reason is nobody's business but the log's.
    fn apology(&self) -> RpcError {
        RpcError::internal(self.context.request_id())
    }

    fn too_large(&self) -> Outcome {
        let (noun, key) = (self.target.noun(), excerpt(&self.target.listed().key));
        let limit = self.limit();
        Outcome::Error(RpcError::new(
            code::INTERNAL_ERROR,
            format!("the {noun} {key} gives more than {limit} bytes"),
        ))
    }

    /// How long the handler may take.
    fn time(&self) -> Duration {
        match self.context.task() {
            Some(task) => task.time(),
            None => self.server.settings.http.limits.call_timeout,
        }
    }

    /// The size of a result that clients and models can take.
    fn limit(&self) -> usize {
        self.server.settings.http.limits.output
    }

    fn arguments(&self) -> &str {
        self.arguments
            .as_deref()
            .map_or(Ok("{}"), std::str::from_utf8)
            .unwrap_or("null")
    }

    /// The generation in which the answer is written.
    pub(crate) fn era(&self) -> Era {
        self.context.era()
    }
}

/// The codes that the specification leaves to applications, and the two of its own that fit a handler.
fn is_for_applications(code: i32) -> bool {
    matches!(code, code::INVALID_PARAMS | code::INTERNAL_ERROR)
        || !(-32768..=-32000).contains(&code)
}
