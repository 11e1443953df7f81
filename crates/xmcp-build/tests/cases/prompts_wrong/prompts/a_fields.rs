//! Has fields that are no texts
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// A number
    a: u8,
    /// Maybe a number
    b: Option<f64>,
    /// Whether
    c: bool,
    /// Many
    d: Vec<String>,
    /// By name
    e: std::collections::HashMap<String, String>,
    /// Two
    f: (String, String),
    /// A struct
    g: Page,
    /// An enum that holds something
    h: Option<Box<Shape>>,
    /// A number with a name
    i: Count,
    /// In a circle
    j: Circle,
    /// Three
    k: [String; 3],
    /// A text
    l: String,
}

#[derive(Deserialize, JsonSchema)]
struct Page {
    number: u8,
}

#[derive(Deserialize, JsonSchema)]
enum Shape {
    None,
    Circle(u8),
}

#[derive(Deserialize, JsonSchema)]
struct Count(Option<u8>);

#[derive(Deserialize, JsonSchema)]
struct Circle(Box<Circle>);

pub fn handler(_: Schema) -> String {
    String::new()
}
