//! Is for all
pub const METADATA: xmcp::PromptMetadata = xmcp::PromptMetadata::new().public(true);

pub fn handler() -> String {
    String::new()
}
