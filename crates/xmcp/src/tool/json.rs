//! Structured content.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{CallToolResult, IntoToolResult, ToolError, schema::OutputSchema};

/// A value as structured content: its type is the tool's `outputSchema`, its JSON the `structuredContent`, and the text
/// block is that same JSON, for clients that read text only.
///
/// ```
/// use xmcp::prelude::*;
///
/// #[derive(Serialize, JsonSchema)]
/// pub struct Greeting {
///     text: String,
/// }
///
/// pub fn handler() -> Json<Greeting> {
///     Json(Greeting { text: "Hello".to_owned() })
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: Serialize + JsonSchema> IntoToolResult for Json<T> {
    fn output_schema() -> Option<OutputSchema> {
        Some(crate::schema::output_schema::<T>())
    }

    fn into_tool_result(self) -> Result<CallToolResult, ToolError> {
        let structured = serde_json::value::to_raw_value(&self.0).map_err(|error| {
            ToolError::internal(format!("the result cannot be written as JSON: {error}"))
        })?;
        Ok(CallToolResult {
            structured: Some(structured),
            ..CallToolResult::new()
        })
    }
}
