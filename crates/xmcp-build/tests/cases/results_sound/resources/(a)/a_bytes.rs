//! Returns bytes
use xmcp::prelude::*;

pub fn handler() -> Vec<u8> {
    Vec::new()
}
