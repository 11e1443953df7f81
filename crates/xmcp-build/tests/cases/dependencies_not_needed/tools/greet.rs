//! Greet
#[derive(xmcp::Deserialize, xmcp::JsonSchema)]
#[serde(crate = "xmcp::serde")]
#[schemars(crate = "xmcp::schemars")]
pub struct Schema {}

pub fn handler(_: Schema) {}
