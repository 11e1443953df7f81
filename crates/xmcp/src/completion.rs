//! Completions: what `complete()` beside a handler gets and gives.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{Context, FromContext, ToolError};

/// The return type of `complete()`: the values that fit what has been typed, best first.
///
/// What begins with the typed text is moved to the front, and at most a hundred values are sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from `complete`",
    label = "not a list of values",
    note = "return `Vec<String>`, `Vec<&'static str>`, or a `Result` of one of these"
)]
pub trait IntoCompletion {
    /// The values, or why there are none.
    fn into_completion(self) -> Result<Vec<String>, ToolError>;
}

impl IntoCompletion for Vec<String> {
    fn into_completion(self) -> Result<Vec<String>, ToolError> {
        Ok(self)
    }
}

impl IntoCompletion for Vec<&'static str> {
    fn into_completion(self) -> Result<Vec<String>, ToolError> {
        Ok(self.into_iter().map(str::to_owned).collect())
    }
}

impl IntoCompletion for Vec<Cow<'static, str>> {
    fn into_completion(self) -> Result<Vec<String>, ToolError> {
        Ok(self.into_iter().map(Cow::into_owned).collect())
    }
}

impl<T, E> IntoCompletion for Result<T, E>
where
    T: IntoCompletion,
    E: Into<ToolError>,
{
    fn into_completion(self) -> Result<Vec<String>, ToolError> {
        self.map_err(Into::into)?.into_completion()
    }
}

/// The arguments that have been filled in already, as an argument of `complete()`: what to offer for one may depend on another
/// (2025-11-25 server/utilities/completion, "Completion Request").
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn complete(argument: &str, _value: &str, others: OtherArguments) -> Vec<&'static str> {
///     match (argument, others.get("language")) {
///         ("framework", Some("python")) => vec!["django", "flask"],
///         ("framework", _) => vec!["axum", "rocket"],
///         _ => vec![],
///     }
/// }
/// # let _ = complete;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherArguments(pub(crate) Map<String, Value>);

impl OtherArguments {
    /// The value of this argument, if it has been filled in.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

impl FromContext for OtherArguments {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.extension::<Self>().cloned().unwrap_or_default())
    }
}
