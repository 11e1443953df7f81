//! What a request gets instead of a result.

use http::StatusCode;
use serde_json::Value;

/// Why there is no result. Its text names what was asked and what came back.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server answered with a JSON-RPC error.
    #[error("{what} was answered with {error}")]
    Rpc {
        /// What was asked: the tool or the method.
        what: String,
        /// The answer.
        error: Box<RpcError>,
    },
    /// The tool asks the client first, and nobody answers.
    #[error(
        "{what} asks the client, and nobody answers: give the client `answering(..)`; it asks {result}"
    )]
    InputRequired {
        /// What was asked: the tool.
        what: String,
        /// The result, with the questions.
        result: Value,
    },
    /// What came back is no JSON-RPC response to the request: a layer or another route answered, or the server is at fault.
    #[error("{what} was answered with status {} and no response of the protocol: {body}", status.as_u16())]
    Unreadable {
        /// What was asked: the tool or the method.
        what: String,
        /// The status.
        status: StatusCode,
        /// The body, as text.
        body: String,
    },
}

impl Error {
    /// The JSON-RPC error, if it is one.
    pub fn rpc(&self) -> Option<&RpcError> {
        match self {
            Self::Rpc { error, .. } => Some(error),
            Self::InputRequired { .. } | Self::Unreadable { .. } => None,
        }
    }

    /// The status of the HTTP response, as a number: 403 when scopes are missing.
    pub fn status(&self) -> u16 {
        match self {
            Self::Rpc { error, .. } => error.status.as_u16(),
            Self::InputRequired { .. } => StatusCode::OK.as_u16(),
            Self::Unreadable { status, .. } => status.as_u16(),
        }
    }
}

/// A JSON-RPC error (JSON-RPC 2.0 section 5.1), and the HTTP status that it came with.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RpcError {
    /// For programs, e.g. -32602.
    pub code: i64,
    /// For people.
    pub message: String,
    /// What else the server says.
    pub data: Option<Value>,
    /// The status of the HTTP response.
    pub status: StatusCode,
}

impl std::fmt::Display for RpcError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "error {} (status {}): {}",
            self.code,
            self.status.as_u16(),
            self.message
        )?;
        match &self.data {
            Some(data) => write!(formatter, ", with {data}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for RpcError {}
