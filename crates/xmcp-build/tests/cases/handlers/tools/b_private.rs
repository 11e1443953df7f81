//! B
async fn handler() {}
