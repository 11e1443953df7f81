//! What a handler gives back, and how it becomes a tool result.

mod error;
mod into;
mod json;
mod limit;
mod result;

pub(crate) use self::{error::Kind as ToolErrorKind, limit::bounded_error};
pub use self::{error::ToolError, into::IntoToolResult, json::Json, result::CallToolResult};
