//! Has a name that is none
pub const METADATA: xmcp::PromptMetadata = xmcp::PromptMetadata::new().name("say hello");

pub fn handler() -> String {
    String::new()
}
