//! Does not parse
pub fn handler( {
