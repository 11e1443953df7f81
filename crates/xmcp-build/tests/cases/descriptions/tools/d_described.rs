pub const METADATA: ToolMetadata = ToolMetadata::new().description("D");

pub fn handler() {}
