//! B
pub const METADATA: ToolMetadata =
    ToolMetadata::new().scopes(&["read", READ, "read write", "", "\""]);

pub fn handler() {}
