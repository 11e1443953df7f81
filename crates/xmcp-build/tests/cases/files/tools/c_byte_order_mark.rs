//! C
pub fn handler() {}
