//! Does nothing and says so
//!
//! The conformance suite calls the first tool of the list without arguments; this file's name keeps a harmless one there.

pub async fn handler() -> &'static str {
    "Nothing was done."
}
