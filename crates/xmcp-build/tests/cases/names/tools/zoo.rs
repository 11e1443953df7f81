//! Get
pub const METADATA: ToolMetadata = ToolMetadata::new().name("users_get");

pub fn handler() {}
