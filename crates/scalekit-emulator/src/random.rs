//! Identifiers and secrets, all from the system's random source.

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// 256 bits as text that may stand in a URL.
pub(crate) fn secret() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>())
}

/// An identifier in the form of Scalekit's: the prefix, and decimal digits.
pub(crate) fn id(prefix: &str) -> String {
    format!("{prefix}_{}", u64::from_be_bytes(bytes()) >> 1)
}

fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system has a random source");
    bytes
}
