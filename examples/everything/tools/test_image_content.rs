//! Answers with a picture
use crate::media::PIXEL_PNG;
use xmcp::prelude::*;

pub async fn handler() -> Image {
    Image::new(PIXEL_PNG, "image/png")
}
