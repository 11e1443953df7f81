//! C
pub fn handler<T: FromContext>(it: T, other: impl FromContext) {}
