//! A tool
pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&[]);

pub fn handler() {}
