//! D
pub unsafe fn handler() {}
