//! The caller's profile, which wins over a user who is called so
pub fn handler() -> String {
    String::new()
}
