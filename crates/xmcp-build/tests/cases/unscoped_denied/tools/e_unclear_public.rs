//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().public(PUBLIC);

pub fn handler() {}
