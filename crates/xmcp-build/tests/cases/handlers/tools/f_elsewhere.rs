//! F
pub fn handler(input: crate::db::Schema) {}
