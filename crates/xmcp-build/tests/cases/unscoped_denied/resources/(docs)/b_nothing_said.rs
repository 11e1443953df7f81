//! Does not say
pub const METADATA: xmcp::ResourceMetadata = xmcp::ResourceMetadata::new().title("Docs");

pub fn handler() -> String {
    String::new()
}
