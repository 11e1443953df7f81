//! What a handler may return.

use std::borrow::Cow;

use crate::{
    CallToolResult, InputRequired, ToolError,
    content::{Audio, Content, EmbeddedResource, Image, ResourceLink, Text},
    schema::OutputSchema,
};

/// A handler's return type.
///
/// Implemented for text, numbers, `bool` and `()`, for [`Json<T>`](crate::Json), for content blocks and lists of them, for
/// [`CallToolResult`], for [`InputRequired`], and for a `Result` of any of these whose error is [`ToolError`] or anything that becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a tool handler",
    label = "not a tool result",
    note = "return text, a number, `bool`, `Json<T>` (structured content), a content block or a `Vec<Content>`, `CallToolResult`, \
            or a `Result` of one of these; a handler that returns a future must be an `async fn`"
)]
pub trait IntoToolResult {
    /// The schema of the structured content, where the type has one.
    #[doc(hidden)]
    fn output_schema() -> Option<OutputSchema> {
        None
    }

    /// The result, or why there is none.
    fn into_tool_result(self) -> Result<CallToolResult, ToolError>;
}

impl IntoToolResult for CallToolResult {
    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        Ok(self)
    }
}

impl IntoToolResult for InputRequired {
    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        Err(self.into())
    }
}

impl IntoToolResult for () {
    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        Ok(CallToolResult::new())
    }
}

impl IntoToolResult for Vec<Content> {
    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        Ok(CallToolResult {
            content: self,
            ..CallToolResult::new()
        })
    }
}

impl<T, E> IntoToolResult for Result<T, E>
where
    T: IntoToolResult,
    E: Into<ToolError>,
{
    fn output_schema() -> Option<OutputSchema> {
        T::output_schema()
    }

    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        self.map_err(Into::into)?.into_tool_result()
    }
}

macro_rules! as_text {
    ($($type:ty),*) => {
        $(impl IntoToolResult for $type {
            fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
                Ok(CallToolResult::new().text(self))
            }
        })*
    };
}

macro_rules! as_display {
    ($($type:ty),*) => {
        $(impl IntoToolResult for $type {
            fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
                Ok(CallToolResult::new().text(self.to_string()))
            }
        })*
    };
}

macro_rules! as_content {
    ($($type:ty),*) => {
        $(impl IntoToolResult for $type {
            fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
                Ok(CallToolResult::new().content(self))
            }
        })*
    };
}

as_text!(String, &'static str, Cow<'static, str>, Box<str>);
as_display!(
    bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64
);
as_content!(Content, Text, Image, Audio, EmbeddedResource, ResourceLink);
