//! F
pub struct Schema {}

pub fn handler(input: Schema) {}
