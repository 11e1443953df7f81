//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["greet:read"]);

pub fn handler() {}
