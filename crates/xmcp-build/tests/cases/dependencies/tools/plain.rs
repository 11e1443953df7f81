//! Plain
use xmcp::prelude::*;

#[derive(Deserialize)]
#[serde(crate = "xmcp::serde")]
struct Inner {}

pub fn handler() {}
