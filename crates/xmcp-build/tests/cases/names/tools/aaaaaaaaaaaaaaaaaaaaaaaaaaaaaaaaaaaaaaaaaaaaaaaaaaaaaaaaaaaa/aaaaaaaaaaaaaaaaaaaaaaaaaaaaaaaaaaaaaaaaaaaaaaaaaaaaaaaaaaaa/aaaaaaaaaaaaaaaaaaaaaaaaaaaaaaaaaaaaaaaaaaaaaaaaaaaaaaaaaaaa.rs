//! Long
pub fn handler() {}
