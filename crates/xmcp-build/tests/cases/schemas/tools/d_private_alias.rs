//! D
type Schema = crate::db::Other;

pub fn handler(input: Schema) {}
