//! What a resource's handler may return.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;

use super::{ReadResourceResult, ResourceContents};
use crate::{InputRequired, Json, ToolError};

/// The return type of a resource's handler.
///
/// Implemented for text, for bytes (written as base64), for [`Json<T>`](crate::Json) (text of the type `application/json`), for
/// [`ResourceContents`] and lists of them, for [`ReadResourceResult`], for an `Option` of any of these (`None`: there is no such
/// resource), for [`InputRequired`], and for a `Result` whose error is [`ToolError`] or anything that becomes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a resource handler",
    label = "not a resource's contents",
    note = "return text, bytes (`Vec<u8>`), `Json<T>`, `ResourceContents` or a `Vec` of them, `ReadResourceResult`, or an `Option` or \
            a `Result` of one of these; a handler that returns a future must be an `async fn`"
)]
pub trait IntoResourceResult {
    /// The contents, or why there are none.
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError>;
}

impl IntoResourceResult for ReadResourceResult {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        Ok(self)
    }
}

impl IntoResourceResult for ResourceContents {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        Ok(ReadResourceResult::new().content(self))
    }
}

impl IntoResourceResult for Vec<ResourceContents> {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        Ok(ReadResourceResult {
            contents: self,
            ..ReadResourceResult::new()
        })
    }
}

impl<T: Serialize> IntoResourceResult for Json<T> {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        let text = serde_json::to_string(&self.0).map_err(|error| {
            ToolError::internal(format!("the contents cannot be written as JSON: {error}"))
        })?;
        ResourceContents::text(text)
            .mime_type("application/json")
            .into_resource_result()
    }
}

impl<T: IntoResourceResult> IntoResourceResult for Option<T> {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        self.ok_or_else(|| ToolError::not_found("resource not found"))?
            .into_resource_result()
    }
}

impl IntoResourceResult for InputRequired {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        Err(self.into())
    }
}

impl<T, E> IntoResourceResult for Result<T, E>
where
    T: IntoResourceResult,
    E: Into<ToolError>,
{
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        self.map_err(Into::into)?.into_resource_result()
    }
}

macro_rules! contents {
    ($make:ident: $($type:ty),*) => {
        $(impl IntoResourceResult for $type {
            fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
                ResourceContents::$make(self).into_resource_result()
            }
        })*
    };
}

contents!(text: String, &'static str, Cow<'static, str>, Box<str>);
contents!(bytes: Vec<u8>, Bytes, &'static [u8]);

impl<const LENGTH: usize> IntoResourceResult for &'static [u8; LENGTH] {
    fn into_resource_result(self) -> Result<ReadResourceResult, ToolError> {
        ResourceContents::bytes(self).into_resource_result()
    }
}
