//! Answers with a text, a picture and a resource at once
use crate::media::PIXEL_PNG;
use xmcp::prelude::*;

pub async fn handler() -> Vec<Content> {
    let json = r#"{"test":"data","value":123}"#;
    vec![
        Text::new("Multiple content types test:").into(),
        Image::new(PIXEL_PNG, "image/png").into(),
        EmbeddedResource::text("test://mixed-content-resource", "application/json", json).into(),
    ]
}
