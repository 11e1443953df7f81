//! Takes what is not there
pub fn handler(_: Schema) -> String {
    String::new()
}
