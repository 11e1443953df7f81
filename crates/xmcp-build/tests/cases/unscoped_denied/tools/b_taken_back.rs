//! A tool
pub const METADATA: ToolMetadata =
    ToolMetadata::new().scopes(&["greet:read"]).scopes(&[]);

pub fn handler() {}
