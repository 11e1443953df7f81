//! The way from a running handler to the client and back: questions, and why one has no answer.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::Capability;
use crate::{ask::Question, excerpt::excerpt};

/// What asks the client while a handler runs: a transport session, the pipe, a task.
///
/// How long an answer may take is the caller's business: it drops the future, which gives the question up, and the client is
/// told so.
pub(crate) trait Asker: Send + Sync {
    /// The `result` of the client's response.
    fn ask(&self, question: Question) -> BoxFuture<'_, Result<Value, AskError>>;
}

/// Why a question to the client has no answer.
///
/// `?` makes it the call's own failure. On 2026-07-28 a missing capability becomes the JSON-RPC error that the protocol has for
/// it; everything else is for the model to read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The client did not declare what the question needs.
    #[error("the client cannot be asked this: it did not declare the capability `{0}`")]
    MissingCapability(Capability),
    /// There is no way to the client while the call runs.
    #[error(
        "the client cannot be asked anything: before 2026-07-28 that takes a transport session over HTTP, so set `[http] sessions = true` \
         in xmcp.toml (XMCP_HTTP_SESSIONS=true), and let the client send the `Mcp-Session-Id` that it gets"
    )]
    NotConnected,
    /// The client did not answer in time.
    #[error("the client did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// The client answered with an error.
    #[error("the client refused: {} (code {code})", excerpt(.message))]
    Refused {
        /// The code of its JSON-RPC error.
        code: i64,
        /// Its message: a stranger's text.
        message: String,
    },
    /// The answer is not what was asked for.
    #[error("the client's answer does not fit the question: {0}")]
    Invalid(String),
    /// The client went away, or the call is over.
    #[error("the client went away before it answered")]
    Gone,
    /// More questions wait for this client's answers than may.
    #[error("too many questions wait for the client's answers")]
    Busy,
    /// The question itself is wrong.
    #[error("this question cannot be asked: {0}")]
    Misused(String),
}
