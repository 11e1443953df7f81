//! A tool
use xmcp::prelude::*;

/// Greets
pub async fn handler() -> String {
    String::new()
}
