//! Set the shared counter to zero
use std::sync::atomic::Ordering;

use crate::state::Counter;
use serde_json::{Value, json};
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new()
    .name("reset_counter")
    .title("Reset the counter")
    .description("Set the counter that all callers share back to zero; what it held is lost")
    .read_only(false)
    .destructive(true)
    .idempotent(true)
    .open_world(false)
    .public(true);

pub fn meta() -> Value {
    json!({ "com.example/confirm": "The counter is shared. Reset it for everybody?" })
}

pub fn handler(counter: State<Counter>, server: ServerHandle) -> String {
    let held = counter.0.swap(0, Ordering::Relaxed);
    server.resource_updated("test://watched-resource");
    format!("The counter was {held}")
}
