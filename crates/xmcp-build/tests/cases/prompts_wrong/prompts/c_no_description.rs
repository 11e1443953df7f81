pub fn handler() -> String {
    String::new()
}
