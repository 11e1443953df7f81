//! Add to the counter that all callers share
use std::sync::atomic::Ordering;

use crate::state::Counter;
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// How much to add; 1 when left out
    #[schemars(range(min = 1, max = 100))]
    by: Option<u64>,
}

pub fn handler(Schema { by }: Schema, counter: State<Counter>, server: ServerHandle) -> u64 {
    let by = by.unwrap_or(1);
    let sum = counter.0.fetch_add(by, Ordering::Relaxed) + by;
    server.resource_updated("test://watched-resource");
    sum
}
