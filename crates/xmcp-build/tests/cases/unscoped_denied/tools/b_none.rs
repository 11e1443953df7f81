//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::NONE;

pub fn handler() {}
