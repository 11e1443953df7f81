//! A tool
pub use crate::shared::METADATA;

pub fn handler() {}
