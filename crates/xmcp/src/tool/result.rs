//! The result of a call, before it is written for a client.

use serde_json::{Map, Value, value::RawValue};

use crate::content::{Content, Text};

/// What a call answers: content for the model and, where the tool has an output schema, structured content for programs.
///
/// Most handlers return text or [`Json`](crate::Json) instead; this is for those that say everything themselves.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn handler() -> CallToolResult {
///     CallToolResult::new().text("two blocks").content(Image::new(b"...", "image/png"))
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallToolResult {
    pub(crate) content: Vec<Content>,
    /// JSON text; when there is no content, it is the text block too.
    pub(crate) structured: Option<Box<RawValue>>,
    pub(crate) is_error: bool,
    pub(crate) meta: Option<Map<String, Value>>,
}

impl CallToolResult {
    /// A success without content.
    pub fn new() -> Self {
        Self::default()
    }

    /// A failure that the model should read.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::new().text(message)
        }
    }

    /// With a block of text more.
    #[must_use]
    pub fn text(self, text: impl Into<String>) -> Self {
        self.content(Text::new(text))
    }

    /// With a block of content more.
    #[must_use]
    pub fn content(mut self, content: impl Into<Content>) -> Self {
        // Most results have one, and a first `push` would make room for four.
        if self.content.is_empty() {
            self.content.reserve_exact(1);
        }
        self.content.push(content.into());
        self
    }

    /// With members of `_meta`, for programs that know them.
    #[must_use]
    pub fn meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }
}
