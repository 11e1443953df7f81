//! Has the METADATA of a tool
pub const METADATA: xmcp::ToolMetadata = xmcp::ToolMetadata::new();

pub fn handler() -> String {
    String::new()
}
