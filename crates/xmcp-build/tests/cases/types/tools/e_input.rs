//! Takes its input under another name
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Input {
    pub name: String,
}

pub async fn handler(Input { name }: Input) -> String {
    name
}
