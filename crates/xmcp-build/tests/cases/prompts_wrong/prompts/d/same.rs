//! Has the name of another
pub fn handler() -> String {
    String::new()
}
