//! Has the name of the other
pub fn handler() -> String {
    String::new()
}

/// A tool may have its name, too.
pub fn helper() {}
