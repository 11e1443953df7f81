//! Returns a number
use xmcp::prelude::*;

pub fn handler() -> u32 {
    1
}
