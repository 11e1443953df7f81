//! A prompt with a picture
use crate::media::PIXEL_PNG;
use xmcp::prelude::*;

pub fn handler() -> GetPromptResult {
    GetPromptResult::new()
        .user(Image::new(PIXEL_PNG, "image/png"))
        .user("Please analyze the image above.")
}
