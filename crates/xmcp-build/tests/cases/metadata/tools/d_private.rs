//! D
const METADATA: ToolMetadata = ToolMetadata::NONE.title("D");

pub fn handler() {}
