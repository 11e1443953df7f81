//! Has a name with a line break
pub const METADATA: xmcp::ResourceMetadata = xmcp::ResourceMetadata::new().name("a\nb");

pub fn handler() -> String {
    String::new()
}
