//! Waits
pub async fn handler(_: xmcp::Context) {}
