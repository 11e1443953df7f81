pub const METADATA: ToolMetadata = ToolMetadata::new().description("  ");

pub fn handler() {}
