//! A tool
pub const METADATA: ToolMetadata = crate::SHARED;

pub fn handler() {}
