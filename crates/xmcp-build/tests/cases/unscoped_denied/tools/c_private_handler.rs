//! A tool
fn handler() {}
