//! Is a skill's file, too
pub fn handler() -> String {
    String::new()
}
