//! A
pub const METADATA: ToolMetadata = ToolMetadata::new().name("say hello");

pub fn handler() {}
