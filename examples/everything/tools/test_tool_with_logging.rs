//! Sends the client log messages while it works
use std::time::Duration;

use tokio::time::sleep;
use xmcp::prelude::*;

pub async fn handler(context: Context) -> &'static str {
    context.log(LogLevel::Info, "Tool execution started").await;
    sleep(Duration::from_millis(50)).await;
    context.log(LogLevel::Info, "Tool processing data").await;
    sleep(Duration::from_millis(50)).await;
    context
        .log(LogLevel::Info, "Tool execution completed")
        .await;
    "Three log messages were sent."
}
