//! A tool
#[cfg(unix)]
pub const METADATA: ToolMetadata = ToolMetadata::new().public(true);

#[cfg(not(unix))]
pub const METADATA: ToolMetadata = ToolMetadata::new().title("F");

pub fn handler() {}
