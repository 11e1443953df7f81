//! All skills
pub fn handler() -> String {
    String::new()
}
