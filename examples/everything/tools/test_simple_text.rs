//! Answers with a text

pub async fn handler() -> &'static str {
    "This is a simple text response for testing."
}
