//! What a file of a tool, a prompt or a resource imports: `use xmcp::prelude::*;`.

pub use schemars::JsonSchema;
pub use serde::{Deserialize, Serialize};

pub use crate::content::{Audio, Content, EmbeddedResource, Image, ResourceLink, Role, Text};
pub use crate::{
    AppState, AskError, CallToolResult, Capability, Context, Elicited, FromContext,
    GetPromptResult, Headers, InputRequired, IntoPromptResult, IntoResourceResult, IntoToolResult,
    Json, LogLevel, OtherArguments, Progress, PromptMessage, PromptMetadata, ReadResourceResult,
    ResourceContents, ResourceMetadata, Roots, Sampled, Sampling, Scalekit, ServerHandle, Session,
    State, TaskSupport, ToolError, ToolMetadata,
};

/// What a handler returns when it can fail: `?` takes any error, and the model reads its outermost message.
///
/// See [`ToolError`] for what the model, the log and the client get to see.
pub type Result<T, E = ToolError> = std::result::Result<T, E>;
