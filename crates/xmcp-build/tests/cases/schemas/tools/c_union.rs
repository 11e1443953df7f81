//! C
pub union Schema {
    a: u8,
}

pub fn handler(input: Schema) {}
