//! Greet someone by name, with a way to the client at hand
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub async fn handler(Schema { name }: Schema, _context: Context) -> String {
    format!("Hello, {name}!")
}
