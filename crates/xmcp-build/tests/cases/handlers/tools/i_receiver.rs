//! I
pub fn handler(self: Context) {}
