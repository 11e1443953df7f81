//! A file at the root of a drive
pub use crate::Place as Schema;

pub fn handler(input: Schema) -> Vec<u8> {
    vec![]
}
