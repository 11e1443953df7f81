//! Has no Schema
pub fn handler() -> String {
    String::new()
}
