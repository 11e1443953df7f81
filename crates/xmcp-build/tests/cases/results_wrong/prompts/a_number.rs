//! Returns a number
use xmcp::prelude::*;

pub async fn handler() -> Result<u32> {
    Ok(1)
}
