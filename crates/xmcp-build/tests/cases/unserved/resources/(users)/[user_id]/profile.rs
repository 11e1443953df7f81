//! Profile
pub fn handler() {}
