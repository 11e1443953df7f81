//! What a prompt's handler may return.

use std::borrow::Cow;

use super::{GetPromptResult, PromptMessage};
use crate::{
    InputRequired, ToolError,
    content::{Audio, Content, EmbeddedResource, Image, ResourceLink, Text},
};

/// The return type of a prompt's handler.
///
/// Implemented for text and content blocks (one message of the person's), for [`PromptMessage`] and lists of them, for
/// [`GetPromptResult`], for [`InputRequired`], and for a `Result` of any of these whose error is [`ToolError`] or anything that becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a prompt handler",
    label = "not a prompt result",
    note = "return text, a content block, `PromptMessage` or a `Vec` of them, `GetPromptResult`, or a `Result` of one of these; \
            a handler that returns a future must be an `async fn`"
)]
pub trait IntoPromptResult {
    /// The result, or why there is none.
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError>;
}

impl IntoPromptResult for GetPromptResult {
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
        Ok(self)
    }
}

impl IntoPromptResult for PromptMessage {
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
        Ok(GetPromptResult::new().message(self))
    }
}

impl IntoPromptResult for Vec<PromptMessage> {
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
        Ok(GetPromptResult {
            messages: self,
            ..GetPromptResult::new()
        })
    }
}

impl IntoPromptResult for InputRequired {
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
        Err(self.into())
    }
}

impl<T, E> IntoPromptResult for Result<T, E>
where
    T: IntoPromptResult,
    E: Into<ToolError>,
{
    fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
        self.map_err(Into::into)?.into_prompt_result()
    }
}

macro_rules! as_user {
    ($($type:ty),*) => {
        $(impl IntoPromptResult for $type {
            fn into_prompt_result(self) -> Result<GetPromptResult, ToolError> {
                Ok(GetPromptResult::new().user(self))
            }
        })*
    };
}

as_user!(String, &'static str, Cow<'static, str>, Box<str>);
as_user!(Content, Text, Image, Audio, EmbeddedResource, ResourceLink);
