//! B
pub fn handler() -> {
    1
}
