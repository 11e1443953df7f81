//! A tool
pub fn greet() {}
