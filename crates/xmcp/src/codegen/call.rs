//! One request on its way to the user's function, and the answer on its way back.

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;

use crate::{CallToolResult, Context, FromContext, ToolError};

/// One request: the arguments' text, checked against the schema, and what the request provides.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub(crate) arguments: &'a str,
    pub(crate) context: &'a Context,
}

impl<'a> Call<'a> {
    /// The arguments as the handler's `Schema`.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, ToolError> {
        match crate::schema::deserialize(self.arguments) {
            Ok(input) => Ok(input),
            Err(violations) => Err(ToolError::new(violations.to_string())),
        }
    }

    /// The request.
    pub fn context(&self) -> &'a Context {
        self.context
    }
}

/// One request for completions: what has been typed of an argument so far.
#[derive(Clone, Copy)]
pub struct Complete<'a> {
    pub(crate) argument: &'a str,
    pub(crate) value: &'a str,
    pub(crate) context: &'a Context,
}

impl<'a> Complete<'a> {
    /// The argument's name.
    pub fn argument(&self) -> &'a str {
        self.argument
    }

    /// What has been typed so far.
    pub fn value(&self) -> &'a str {
        self.value
    }

    /// The request.
    pub fn context(&self) -> &'a Context {
        self.context
    }
}

/// The answer to one request, not yet there.
pub struct Reply<'a, T = CallToolResult> {
    pub(crate) future: BoxFuture<'a, Result<T, ToolError>>,
}

impl<'a, T> Reply<'a, T> {
    /// This future's answer.
    pub fn new(future: impl Future<Output = Result<T, ToolError>> + Send + 'a) -> Self {
        Self {
            future: Box::pin(future),
        }
    }
}

/// An argument that the request provides.
pub async fn extract<T: FromContext>(context: &Context) -> Result<T, ToolError> {
    T::from_context(context).await
}

/// The future itself: what is not `Send` in a handler is reported here, with rustc's note on where it is held.
pub fn assert_send<F: Future + Send>(future: F) -> F {
    future
}
