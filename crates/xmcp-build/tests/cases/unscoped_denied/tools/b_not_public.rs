//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().public(false);

pub fn handler() {}
