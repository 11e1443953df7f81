//! A picture
use crate::media::PIXEL_PNG;
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new()
    .title("Static picture")
    .mime_type("image/png")
    .size(PIXEL_PNG.len() as u64);

pub fn handler() -> &'static [u8] {
    PIXEL_PNG
}
