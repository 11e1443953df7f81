//! A number that counts up; who subscribes to it hears of every change
use std::sync::atomic::Ordering;

use crate::state::Counter;
use xmcp::prelude::*;

pub const METADATA: ResourceMetadata = ResourceMetadata::new()
    .title("The shared counter")
    .mime_type("text/plain");

pub fn handler(counter: State<Counter>) -> String {
    counter.0.load(Ordering::Relaxed).to_string()
}
