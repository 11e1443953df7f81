//! Returns a struct of its own
use xmcp::prelude::*;

#[derive(Serialize)]
pub struct Ticket {
    number: u64,
}

pub fn handler() -> Ticket {
    Ticket { number: 1 }
}
