//! Returns maybe a text
use xmcp::prelude::*;

pub fn handler() -> Option<String> {
    None
}
