//! B
pub fn handler() {
    "never closed
}
