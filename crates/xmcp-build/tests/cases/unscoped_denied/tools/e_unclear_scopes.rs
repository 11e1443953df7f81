//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(SCOPES);

pub fn handler() {}
