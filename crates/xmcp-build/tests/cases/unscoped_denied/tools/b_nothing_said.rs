//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().title("B");

pub fn handler() {}
