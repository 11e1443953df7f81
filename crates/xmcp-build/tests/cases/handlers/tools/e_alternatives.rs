//! E
#[cfg(unix)]
pub fn handler() {}

#[cfg(not(unix))]
pub async fn handler() {}
