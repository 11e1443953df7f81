//! The name of a task: where callers are not verified, whoever knows it may ask for the result.

use std::{borrow::Borrow, fmt};

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

/// How many random bytes an id is made of: beyond guessing, and no two are the same.
const BYTES: usize = 24;

/// A `taskId`. It is in no log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct TaskId(String);

impl TaskId {
    /// A new one; `None` when the system has no randomness to give.
    pub(super) fn random() -> Option<Self> {
        let mut bytes = [0_u8; BYTES];
        rand::fill(&mut bytes).ok()?;
        Some(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for TaskId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TaskId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_long_and_never_the_same() {
        let ids = [TaskId::random().unwrap(), TaskId::random().unwrap()];
        assert_ne!(ids[0], ids[1]);
        for id in ids {
            assert_eq!(id.as_str().len(), 32, "192 bits in base64");
            assert_eq!(format!("{id:?}"), "****");
        }
    }
}
