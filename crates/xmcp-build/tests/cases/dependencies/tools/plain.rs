//! Plain
#[derive(Deserialize)]
#[serde(crate = "xmcp::serde")]
struct Inner {}

pub fn handler() {}
