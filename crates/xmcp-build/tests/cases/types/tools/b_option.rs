//! Returns what may be absent
pub fn handler() -> Option<String> {
    None
}
