//! A
pub fn handler(input: Schema) {}
