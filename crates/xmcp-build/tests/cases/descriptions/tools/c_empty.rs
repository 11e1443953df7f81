//!

///
pub fn handler() {}
