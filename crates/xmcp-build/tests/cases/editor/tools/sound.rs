//! Works
pub fn handler() {}
