//! H
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {}

pub fn schema(strict: bool) -> serde_json::Value {
    todo!()
}

fn meta(helper: bool) {}

pub fn handler(input: Schema) {}
