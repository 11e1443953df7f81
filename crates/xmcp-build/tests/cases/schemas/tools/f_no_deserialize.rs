//! F
#[derive(Debug, JsonSchema)]
pub struct Schema {}

pub fn handler(input: Schema) {}
