//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new();
