//! Returns roles and texts
use xmcp::prelude::*;

pub fn handler() -> Vec<(Role, String)> {
    Vec::new()
}
