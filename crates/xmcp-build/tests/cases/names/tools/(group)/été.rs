//! Get
pub const METADATA: ToolMetadata = ToolMetadata::new().name("summer");

pub fn handler() {}
