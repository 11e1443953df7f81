//! A
pub const METADATA: ToolMetadata = ToolMetadata::new().name("");

pub fn handler() {}
