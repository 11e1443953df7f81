//! Returns structs of its own, which could be in a `Json`
use xmcp::prelude::*;

#[derive(Serialize, JsonSchema)]
pub struct Ticket {
    pub number: u64,
}

pub async fn handler() -> Vec<Ticket> {
    Vec::new()
}
