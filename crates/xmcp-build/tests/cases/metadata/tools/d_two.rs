//! D
pub const METADATA: ToolMetadata = ToolMetadata::new();

pub const METADATA: ToolMetadata = ToolMetadata::new();

pub fn handler() {}
