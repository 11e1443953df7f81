//! Greet
pub fn handler() {}
