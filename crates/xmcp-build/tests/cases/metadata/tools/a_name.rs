//! A
const NAME: &str = "a";
pub const METADATA: ToolMetadata = ToolMetadata::new().name(NAME).title("A");

pub fn handler() {}
