//! Fails after a second; only as a task
use std::time::Duration;

use tokio::time::sleep;
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Required);

pub async fn handler() -> Result<String> {
    sleep(Duration::from_secs(1)).await;
    Err(ToolError::new("This job always fails."))
}
