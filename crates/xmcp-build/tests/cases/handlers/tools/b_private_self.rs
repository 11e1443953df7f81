//! B
#[inline]
pub(self) fn handler() {}
