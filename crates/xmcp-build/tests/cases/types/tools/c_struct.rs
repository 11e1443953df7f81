//! Returns a struct of its own
use xmcp::prelude::*;

#[derive(Clone, Serialize)]
pub struct Ticket {
    pub number: u64,
}

pub async fn handler() -> Result<Ticket> {
    Ok(Ticket { number: 1 })
}
