//! The result of a prompt, before it is written for a client.

use serde_json::{Map, Value};

use super::PromptMessage;
use crate::content::Content;

/// What a prompt gives: the messages to put into the conversation.
///
/// Most handlers return text or [`PromptMessage`]s instead; this is for those that say everything themselves.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn handler() -> GetPromptResult {
///     GetPromptResult::new().description("A review in two steps").user("Review this.").assistant("I will begin with the tests.")
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GetPromptResult {
    /// What the prompt is for; without one, what its list says.
    pub(crate) description: Option<String>,
    pub(crate) messages: Vec<PromptMessage>,
    pub(crate) meta: Option<Map<String, Value>>,
}

impl GetPromptResult {
    /// A prompt without messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// With something more that the person says.
    #[must_use]
    pub fn user(self, content: impl Into<Content>) -> Self {
        self.message(PromptMessage::user(content))
    }

    /// With something more that the model says.
    #[must_use]
    pub fn assistant(self, content: impl Into<Content>) -> Self {
        self.message(PromptMessage::assistant(content))
    }

    /// With a message more.
    #[must_use]
    pub fn message(mut self, message: PromptMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// With what these messages are, instead of what the list says of the prompt.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With members of `_meta`, for programs that know them.
    #[must_use]
    pub fn meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }

    /// How many bytes of text and data the messages hold.
    pub(crate) fn size(&self) -> usize {
        self.messages
            .iter()
            .map(|message| message.content.size())
            .sum()
    }
}
