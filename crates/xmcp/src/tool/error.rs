//! How a handler fails: what the model reads, what the log keeps, what the client gets.

use serde_json::Value;

use crate::{AskError, BoxError, Capability, InputRequired};

/// Why a call failed.
///
/// Anything that is an error becomes one with `?`. The model sees the outermost message, bounded in length; the chain of
/// sources goes to the log. Two kinds say less or more: [`ToolError::internal`] shows the model only the request's id, and
/// [`ToolError::rpc`] answers with a JSON-RPC error instead of a result. So do an [`AskError`] of a capability that a 2026-07-28 client
/// lacks, and an [`InputRequired`] that is returned: that is how a handler asks the client by what it returns.
///
/// It is no `std::error::Error` itself, which is what lets `?` take every type that is.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn handler() -> Result<String> {
///     let port: u16 = "99999".parse()?;
///     Ok(port.to_string())
/// }
/// assert_eq!(handler().unwrap_err().to_string(), "number too large to fit in target type");
/// ```
#[derive(Debug)]
pub struct ToolError {
    pub(crate) kind: Kind,
}

/// Who gets to see what.
#[derive(Debug)]
pub(crate) enum Kind {
    /// The message is for the model, the sources for the log.
    Message {
        message: String,
        source: Option<BoxError>,
    },
    /// What was asked for is not there.
    NotFound { message: String },
    /// Nothing is for the model.
    Internal(BoxError),
    /// The client cannot do what the handler needs.
    MissingCapabilities(Vec<Capability>),
    /// No failure: the handler needs something of the client first.
    InputRequired(Box<InputRequired>),
    /// An error of the protocol.
    Rpc {
        code: i32,
        message: String,
        data: Option<Value>,
    },
}

impl ToolError {
    /// A failure that the model should read and can act on.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Message {
                message: message.into(),
                source: None,
            },
        }
    }

    /// There is no such thing as what was asked for.
    ///
    /// From a resource's handler it says that there is no such resource, by the code that the client's generation of the protocol
    /// has for that; a tool's model reads the message.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::NotFound {
                message: message.into(),
            },
        }
    }

    /// A failure whose text is nobody's business but the log's: the model reads the request's id.
    pub fn internal(error: impl Into<BoxError>) -> Self {
        Self {
            kind: Kind::Internal(error.into()),
        }
    }

    /// A JSON-RPC error instead of a result, for what is wrong with the request rather than with the work.
    ///
    /// The code must be one that the specification lets applications use: `-32602` (invalid params), `-32603` (internal
    /// error), or any outside of `-32768..=-32000`. Another one is answered as `-32603`, and logged.
    pub fn rpc(code: i32, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Rpc {
                code,
                message: message.into(),
                data: None,
            },
        }
    }

    /// The client did not declare what it is needed for.
    pub(crate) fn missing_capabilities(missing: Vec<Capability>) -> Self {
        Self {
            kind: Kind::MissingCapabilities(missing),
        }
    }

    /// With data beside the message of a JSON-RPC error. Other kinds carry none.
    #[must_use]
    pub fn data(mut self, value: Value) -> Self {
        if let Kind::Rpc { data, .. } = &mut self.kind {
            *data = Some(value);
        }
        self
    }
}

impl<E: Into<BoxError>> From<E> for ToolError {
    fn from(error: E) -> Self {
        let source: BoxError = error.into();
        if let Some(AskError::MissingCapability(capability)) = source.downcast_ref() {
            return Self::missing_capabilities(vec![capability.clone()]);
        }
        Self {
            kind: Kind::Message {
                message: source.to_string(),
                source: Some(source),
            },
        }
    }
}

impl From<InputRequired> for ToolError {
    fn from(asked: InputRequired) -> Self {
        Self {
            kind: Kind::InputRequired(Box::new(asked)),
        }
    }
}

impl std::fmt::Display for ToolError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.kind {
            Kind::Message { message, .. }
            | Kind::NotFound { message }
            | Kind::Rpc { message, .. } => formatter.write_str(message),
            Kind::MissingCapabilities(missing) => {
                let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
                write!(
                    formatter,
                    "the client did not declare what this needs: {}",
                    names.join(", ")
                )
            }
            Kind::InputRequired(_) => formatter.write_str("the client is asked for more"),
            Kind::Internal(error) => write!(formatter, "{error}"),
        }
    }
}
