//! Point to a document instead of sending it
use xmcp::{
    content::{Annotations, Role},
    prelude::*,
};

pub async fn handler() -> ResourceLink {
    ResourceLink::new(
        "https://modelcontextprotocol.io/specification",
        "specification",
    )
    .title("Specification")
    .description("What clients and servers of the Model Context Protocol agree on")
    .mime_type("text/html")
    .annotations(Annotations {
        audience: vec![Role::User, Role::Assistant],
        priority: Some(0.5),
        last_modified: None,
    })
}
