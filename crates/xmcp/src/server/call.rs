//! One call of a handler, from checked name to outcome, the same for tools, prompts, resources and completions and on every
//! transport.

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use futures_util::FutureExt;

use super::{
    RequestText, Server,
    audit::{Audit, Why},
    completion::{Completion, Values},
    failure::{Failure, Said},
    jsonrpc::{RpcError, code},
    registry::{PromptEntry, ToolEntry},
    rounds::InputRequests,
    target::{Reading, Target},
};
use crate::{
    CallToolResult, Context, Era, GetPromptResult, ReadResourceResult, ToolError,
    ask::{self, Attended, Brought, Budget, Settled},
    codegen::{self, Reply},
    excerpt::excerpt,
    session,
    tool::ToolErrorKind,
};

/// A call that owns what it needs, so that it can outlive the connection it came on.
pub(crate) struct Call {
    pub(crate) target: Target,
    pub(crate) text: RequestText,
    /// What the client brings back from an earlier round of the same call.
    pub(crate) brought: Brought,
    pub(crate) context: Context,
    pub(crate) audit: Audit,
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

impl Call {
    /// Checks the arguments, runs the handler within its time, and contains its panics.
    pub(crate) async fn run(&self) -> Outcome {
        let outcome = self.outcome().await;
        self.audit.came_to(&outcome);
        outcome
    }

    async fn outcome(&self) -> Outcome {
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
            Err(violations) => {
                self.audit.note(Why::InvalidArguments);
                return Outcome::Tool(CallToolResult::error(violations.to_string()));
            }
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
        let arguments = match entry.check.check(given) {
            Ok(arguments) => arguments,
            Err(violations) => {
                self.audit.note(Why::InvalidArguments);
                let missing = entry.missing(given);
                return Outcome::Error(RpcError::invalid_params(match missing.is_empty() {
                    true => violations.to_string(),
                    false => format!(
                        "missing arguments of the prompt `{}`: {}",
                        entry.listed.key,
                        missing.join(", ")
                    ),
                }));
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
                self.audit.note(Why::InvalidArguments);
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
            let caller = session::Caller {
                session: self.context.session().cloned(),
                scalekit: self.server().scalekit.clone(),
            };
            // The handler is gone before its client is asked.
            let attended = {
                let running = pin!(session::with_caller(caller, running));
                ask::attend(running, self.context.round(), &budget).await
            };
            let asked = match attended {
                Attended::Done(Ok(Ok(result))) => return Ok(result),
                Attended::Done(Ok(Err(error))) => match error.kind {
                    ToolErrorKind::InputRequired(asked) => *asked,
                    _ => return Err(Failure::Error(error)),
                },
                Attended::Done(Err(panic)) => return Err(Failure::Panic(panic)),
                Attended::TooLong => return Err(Failure::TimedOut),
                Attended::Asked(asked) => asked,
            };
            // Boxed, for a call that asks nobody is not to have room for it.
            match Box::pin(ask::settle(&self.context, asked)).await {
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

    pub(super) fn server(&self) -> &Server {
        self.context.host()
    }

    /// What a stranger reads when the reason is nobody's business but the log's.
    pub(super) fn apology(&self) -> RpcError {
        RpcError::internal(self.context.request_id())
    }

    fn too_large(&self) -> Outcome {
        self.audit.note(Why::TooLarge);
        let (noun, key) = (self.target.noun(), excerpt(&self.target.listed().key));
        let limit = self.limit();
        Outcome::Error(RpcError::new(
            code::INTERNAL_ERROR,
            format!("the {noun} {key} gives more than {limit} bytes"),
        ))
    }

    /// How long the handler may take.
    pub(super) fn time(&self) -> Duration {
        match self.context.task() {
            Some(task) => task.time(),
            None => self.server().settings.http.limits.call_timeout,
        }
    }

    /// The size of a result that clients and models can take.
    pub(super) fn limit(&self) -> usize {
        self.server().settings.http.limits.output
    }

    /// JSON text. Who sends none sends an empty object.
    fn arguments(&self) -> &str {
        self.text.arguments().unwrap_or("{}")
    }

    /// The generation in which the answer is written.
    pub(crate) fn era(&self) -> Era {
        self.context.era()
    }
}
