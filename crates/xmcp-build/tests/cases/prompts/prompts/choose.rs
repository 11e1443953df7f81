#![cfg(unix)]
//! Choose a colour

pub use crate::Colours as Schema;

pub const METADATA: xmcp::PromptMetadata = xmcp::PromptMetadata::new().name("choose-colour").blocking();

pub fn handler(_: Schema) -> String {
    String::new()
}

pub fn complete(_: &str, value: &str) -> Vec<&'static str> {
    vec![]
}
