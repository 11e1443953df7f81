//! Takes nothing
pub fn handler() -> String {
    String::new()
}

pub fn complete(argument: &str, value: &str) -> Vec<String> {
    vec![]
}
