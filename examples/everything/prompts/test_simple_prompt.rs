//! A prompt without arguments

pub fn handler() -> &'static str {
    "This is a simple prompt for testing."
}
