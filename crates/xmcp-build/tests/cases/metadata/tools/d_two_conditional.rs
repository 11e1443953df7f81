//! D
#[cfg(unix)]
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["greet:read"]);

#[cfg(not(unix))]
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(SCOPES);

pub fn handler() {}
