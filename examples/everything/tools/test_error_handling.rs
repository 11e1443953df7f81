//! Fails on purpose, with a message for the model
use xmcp::prelude::*;

pub async fn handler() -> Result<String> {
    Err(ToolError::new(
        "This tool intentionally returns an error for testing",
    ))
}
