//! D
pub static METADATA: ToolMetadata = ToolMetadata::new();

pub fn handler() {}
