//! Returns texts
use xmcp::prelude::*;

pub fn handler() -> Vec<String> {
    Vec::new()
}
