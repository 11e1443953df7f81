//! B
pub fn handler() {
    let a = (1;
}
