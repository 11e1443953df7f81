//! A tool
pub static METADATA: ToolMetadata = ToolMetadata::new().public(true);

pub fn handler() {}
