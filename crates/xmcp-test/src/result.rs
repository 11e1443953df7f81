//! The result of a call, as the client got it.

use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Error;

/// The result of a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CallResult {
    /// The tool that was called.
    pub tool: String,
    /// The blocks of content, as the array that came.
    pub content: Value,
    /// The structured content, if there is some. On 2025-11-25 what is no object is wrapped as `{"result": ..}`.
    pub structured_content: Option<Value>,
    /// Whether the tool failed.
    pub is_error: bool,
    /// The result's `_meta`.
    pub meta: Option<Value>,
    /// The notifications that came before the result, in order: progress and log messages.
    pub notifications: Vec<Value>,
}

impl CallResult {
    pub(crate) fn read(
        tool: &str,
        mut result: Value,
        notifications: Vec<Value>,
    ) -> Result<Self, Error> {
        let is_error = result
            .get("isError")
            .and_then(Value::as_bool)
            .unwrap_or_default();
        if !result.get("content").is_some_and(Value::is_array) {
            return Err(Error::Unreadable {
                what: format!("tool `{tool}`"),
                status: StatusCode::OK,
                body: result.to_string(),
            });
        }
        Ok(Self {
            tool: tool.to_owned(),
            content: result["content"].take(),
            structured_content: result.get_mut("structuredContent").map(Value::take),
            is_error,
            meta: result.get_mut("_meta").map(Value::take),
            notifications,
        })
    }

    /// The text of all text blocks, a line break between two of them. Of a failure it is what the model reads.
    pub fn text(&self) -> String {
        let blocks = self.content.as_array().into_iter().flatten();
        let texts: Vec<&str> = blocks
            .filter(|block| block["type"] == "text")
            .filter_map(|block| block["text"].as_str())
            .collect();
        texts.join("\n")
    }

    /// The structured content as a type of the test's: `Value` takes any.
    ///
    /// ```no_run
    /// # async fn example(client: xmcp_test::Client) {
    /// use serde_json::{Value, json};
    ///
    /// let me: Value = client.call("whoami", json!({})).await.structured();
    /// assert_eq!(me["userId"], "usr_1");
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// When there is none or when it does not fit the type, with the tool and what came instead.
    /// [`CallResult::structured_content`] has it without these conditions.
    pub fn structured<T: DeserializeOwned>(&self) -> T {
        let Some(content) = &self.structured_content else {
            let kind = if self.is_error {
                "failed"
            } else {
                "answered without structured content"
            };
            panic!("tool `{}` {kind}: {}", self.tool, self.text());
        };
        match T::deserialize(content) {
            Ok(value) => value,
            Err(error) => panic!(
                "structured content of tool `{}` is no `{}`, {error}: {content}",
                self.tool,
                std::any::type_name::<T>()
            ),
        }
    }
}
