//! Returns blocks, some under a name of its own
use xmcp::prelude::*;

type Blocks = Vec<Content>;

pub async fn handler(_: Context) -> Result<Blocks> {
    Ok(Vec::new())
}
