//! Lets the client go while it works; in a transport session the client comes back for the answer
use std::time::Duration;

use tokio::time::sleep;
use xmcp::prelude::*;

pub async fn handler(context: Context) -> &'static str {
    context.close_stream();
    sleep(Duration::from_millis(100)).await;
    "The stream was closed and resumed."
}
