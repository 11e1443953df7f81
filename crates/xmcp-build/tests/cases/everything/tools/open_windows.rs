//! Open a file
#![cfg(windows)]
pub const METADATA: ToolMetadata = ToolMetadata::new().name("open");

#[cfg(feature = "a")]
pub fn handler(_: Context) -> u8 {
    1
}

#[cfg(not(feature = "a"))]
pub fn handler(_: Context) -> u8 {
    2
}
