//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes("a", "b");

pub fn handler() {}
