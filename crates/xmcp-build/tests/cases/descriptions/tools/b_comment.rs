// No documentation
pub fn handler() {}
