//! Returns maybe a struct of its own
use xmcp::prelude::*;

#[derive(Serialize)]
pub struct Ticket {
    number: u64,
}

pub async fn handler() -> Result<Option<Ticket>> {
    Ok(None)
}
