//! The name of a transport session or a task: where callers are not verified, whoever knows it may use what it names.

use std::{borrow::Borrow, fmt};

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// How many random bytes an id is made of: beyond guessing, and no two are the same.
const BYTES: usize = 24;

/// An `Mcp-Session-Id` or a `taskId`, in visible ASCII (2025-11-25 basic/transports, "Session Management"). It is in no log and no
/// error.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RandomId(String);

impl RandomId {
    /// A new one; `None` when the system has no randomness to give.
    pub(crate) fn new() -> Option<Self> {
        let mut bytes = [0_u8; BYTES];
        rand::fill(&mut bytes).ok()?;
        Some(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for RandomId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RandomId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_long_visible_ascii_and_never_the_same() {
        let ids = [RandomId::new().unwrap(), RandomId::new().unwrap()];
        assert_ne!(ids[0], ids[1]);
        for id in ids {
            assert_eq!(id.as_str().len(), 32, "192 bits in base64");
            assert!(id.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            assert_eq!(format!("{id:?}"), "****");
        }
    }
}
