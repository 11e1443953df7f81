//! H
use xmcp::prelude::*;

#[derive(Deserialize)]
pub struct Schema {}

async fn schema() -> serde_json::Value {
    todo!()
}

fn meta() -> serde_json::Value {
    todo!()
}

pub fn handler(input: Schema) {}
