//! Greets
pub async fn handler() -> &'static str {
    "Hello"
}
