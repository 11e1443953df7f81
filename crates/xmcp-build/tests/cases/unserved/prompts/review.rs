//! Review
pub fn handler() {}
