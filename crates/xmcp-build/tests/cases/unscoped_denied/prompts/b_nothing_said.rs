//! Does not say
pub fn handler() -> String {
    String::new()
}
