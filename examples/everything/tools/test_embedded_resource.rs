//! Answers with a resource and its content
use xmcp::prelude::*;

pub async fn handler() -> EmbeddedResource {
    EmbeddedResource::text(
        "test://embedded-resource",
        "text/plain",
        "This is an embedded resource content.",
    )
}
