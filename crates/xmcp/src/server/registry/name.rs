//! Names of run time.

use crate::RegisterError;

/// Whether clients accept the name (2025-11-25 server/tools, "Tool Names").
pub(super) fn check(name: &str) -> Result<(), RegisterError> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    if (1..=128).contains(&name.len()) && name.bytes().all(is_legal) {
        return Ok(());
    }
    Err(RegisterError::Name(name.to_owned()))
}

/// The end of a sentence about a schema as an error.
pub(super) fn schema(name: &str, problem: String) -> RegisterError {
    RegisterError::Schema {
        name: name.to_owned(),
        problem,
    }
}
