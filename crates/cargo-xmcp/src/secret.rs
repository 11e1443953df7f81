//! Secrets that nobody can guess.

use std::fmt::Write as _;

use crate::{Failure, Result};

/// 32 random bytes, in hexadecimal.
pub(crate) fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| {
        Failure::new("the system has no random numbers")
            .because(&error)
            .hint("make a key by hand, with `openssl rand -hex 32`")
    })?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
