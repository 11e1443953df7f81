//! I
schema! { name: String }

pub fn handler(input: Schema) {}
