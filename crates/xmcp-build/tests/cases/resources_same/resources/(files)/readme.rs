//! Is literal
pub fn handler() -> String {
    String::new()
}
