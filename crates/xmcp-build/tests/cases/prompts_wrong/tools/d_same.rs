//! Has the name of a prompt, which is nobody's business
pub fn handler() {}
