//! G
use xmcp::prelude::*;

#[derive(Deserialize)]
pub struct Schema {
    it: u8,
}

pub fn schema() -> serde_json::Value {
    todo!()
}

pub fn handler(input: Schema) {}
