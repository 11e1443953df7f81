//! Completes nothing, and may call a function of its own so
pub fn handler() -> String {
    complete(String::new())
}

pub fn complete(sentence: String) -> String {
    sentence + "."
}
