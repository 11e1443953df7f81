/// Say hello
pub fn handler() -> &'static str {
    "Say hello."
}

/// A helper that is called so
fn complete(sentence: &str) -> String {
    format!("{sentence}.")
}

pub fn meta() -> serde_json::Value {
    serde_json::json!({})
}
