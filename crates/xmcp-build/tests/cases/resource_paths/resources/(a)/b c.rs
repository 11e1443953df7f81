//! Is somewhere
pub fn handler() -> String {
    String::new()
}
