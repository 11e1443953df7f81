//! What a prompt's handler gives back: messages.

mod into;
mod message;
mod result;

pub use self::{into::IntoPromptResult, message::PromptMessage, result::GetPromptResult};
