//! Structured content.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

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
            structured: Some(on_one_line(structured)),
            ..CallToolResult::new()
        })
    }
}

/// The same JSON without line breaks. A value may hold JSON text of somebody else's making, and on stdio and in an event stream the
/// rest of a line would be a message of its own. Inside of strings there are none, so what is left is space between values.
fn on_one_line(json: Box<RawValue>) -> Box<RawValue> {
    if !json.get().contains(['\n', '\r']) {
        return json;
    }
    RawValue::from_string(json.get().replace(['\n', '\r'], " ")).unwrap_or(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct Upstream {
        #[schemars(with = "serde_json::Value")]
        answer: Box<RawValue>,
    }

    #[test]
    fn json_of_somebody_elses_making_stays_on_one_line() {
        let answer = "[\r\n{\"id\":1,\"a\":\"x\\n\"}\n]".to_owned();
        let answer = RawValue::from_string(answer).unwrap();
        let result = Json(Upstream { answer }).into_tool_result().unwrap();
        let structured = result.structured.unwrap();
        assert_eq!(structured.get(), r#"{"answer":[  {"id":1,"a":"x\n"} ]}"#);
    }
}
