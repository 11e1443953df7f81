//! Tells clients that listen that the list of prompts has changed
use xmcp::prelude::*;

pub async fn handler(server: ServerHandle) -> &'static str {
    server.prompts_changed();
    "The change of the prompts was told."
}
