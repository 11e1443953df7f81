//! Tells the client how far the work is
use std::time::Duration;

use tokio::time::sleep;
use xmcp::prelude::*;

pub async fn handler(context: Context) -> &'static str {
    for done in [0.0, 50.0, 100.0] {
        // Goes nowhere unless the request came with a `progressToken`.
        context.progress(Progress::new(done).total(100.0)).await;
        sleep(Duration::from_millis(50)).await;
    }
    "The work is done."
}
