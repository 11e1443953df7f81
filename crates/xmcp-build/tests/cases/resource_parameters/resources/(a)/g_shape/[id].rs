//! Takes an enum that holds something
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The shape
    id: Shape,
}

#[derive(Deserialize, JsonSchema)]
enum Shape {
    Circle(u8),
}

pub fn handler(_: Schema) -> String {
    String::new()
}
