//! A text
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new()
    .title("Static text")
    .mime_type("text/plain");

pub fn handler() -> &'static str {
    "This is the content of the static text resource."
}
