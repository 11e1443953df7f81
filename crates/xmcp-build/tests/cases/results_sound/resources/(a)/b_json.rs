//! Returns maybe JSON
use xmcp::prelude::*;

#[derive(Serialize)]
pub struct Ticket {
    number: u64,
}

pub fn handler() -> Option<Json<Ticket>> {
    None
}
