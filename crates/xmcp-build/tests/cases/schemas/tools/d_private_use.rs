//! D
use crate::db::{Other, Schema};

pub fn handler(input: Schema) {}
