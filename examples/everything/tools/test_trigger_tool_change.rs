//! Tells clients that listen that the list of tools has changed
use xmcp::prelude::*;

pub async fn handler(server: ServerHandle) -> &'static str {
    server.tools_changed();
    "The change of the tools was told."
}
