//! E
pub const METADATA: ToolMetadata = crate::SHARED.title("E");

pub fn handler() {}
