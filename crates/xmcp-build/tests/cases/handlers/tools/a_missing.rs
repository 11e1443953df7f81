//! A
pub async fn handle() {}
