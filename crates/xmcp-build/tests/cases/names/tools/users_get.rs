//! Get
pub fn handler() {}
