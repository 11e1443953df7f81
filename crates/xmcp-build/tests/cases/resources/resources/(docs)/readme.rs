//! The readme
pub const METADATA: xmcp::ResourceMetadata = xmcp::ResourceMetadata::new().name("Read me first").mime_type("text/markdown");

pub fn handler() -> String {
    String::new()
}
