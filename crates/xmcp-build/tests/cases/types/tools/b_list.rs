//! Returns a list
pub async fn handler() -> Vec<String> {
    Vec::new()
}
