//! Has no scheme
pub fn handler() -> String {
    String::new()
}
