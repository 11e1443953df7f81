//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().public(true);

pub fn handler() {}
