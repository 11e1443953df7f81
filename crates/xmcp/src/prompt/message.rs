//! One message of a prompt.

use serde::Serialize;

use crate::content::{Content, Role};

/// A message that a prompt puts into the conversation (2025-11-25 server/prompts, "PromptMessage").
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn handler() -> Vec<PromptMessage> {
///     vec![
///         PromptMessage::user("What is in this picture?"),
///         PromptMessage::user(Image::new(b"...", "image/png")),
///         PromptMessage::assistant("Let me look closely."),
///     ]
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PromptMessage {
    role: Role,
    pub(super) content: Content,
}

impl PromptMessage {
    /// Something that the person says.
    pub fn user(content: impl Into<Content>) -> Self {
        Self::new(Role::User, content)
    }

    /// Something that the model says.
    pub fn assistant(content: impl Into<Content>) -> Self {
        Self::new(Role::Assistant, content)
    }

    /// Something that this side of the conversation says.
    pub fn new(role: Role, content: impl Into<Content>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}
