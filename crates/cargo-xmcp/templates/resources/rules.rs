//! What everybody should know before they begin
// The path is the URI: resources/(docs)/rules.rs is docs://rules
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new()
    .title("House rules")
    .mime_type("text/markdown");

pub fn handler() -> &'static str {
    "# House rules\n\nBe kind."
}
