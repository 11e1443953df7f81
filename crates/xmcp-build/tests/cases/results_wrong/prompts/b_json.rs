//! Returns JSON
use xmcp::prelude::*;

pub fn handler() -> Json<String> {
    Json(String::new())
}
