//! A note
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new().mime_type("text/plain");

pub fn handler() -> &'static str {
    "A note for whoever reads it"
}
