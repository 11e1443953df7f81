//! E
pub fn handler() {}

pub async fn handler() {}
