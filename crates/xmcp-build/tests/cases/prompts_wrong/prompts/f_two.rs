//! Is two
pub fn handler() -> String {
    String::new()
}

pub fn handler() -> String {
    String::new()
}
