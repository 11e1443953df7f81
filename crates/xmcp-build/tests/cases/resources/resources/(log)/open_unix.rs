#![cfg(unix)]
//! What is logged here
pub fn handler() -> String {
    String::new()
}
