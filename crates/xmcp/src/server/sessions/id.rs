//! The name of a transport session: a secret that its client keeps.

use std::fmt;

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::HeaderValue;

/// How many random bytes an id is made of: beyond guessing, and no two are the same.
const BYTES: usize = 24;

/// An `Mcp-Session-Id`, in visible ASCII (2025-11-25 basic/transports, "Session Management"). It is in no log and no error.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct SessionId(String);

impl SessionId {
    /// A new one; `None` when the system has no randomness to give.
    pub(super) fn random() -> Option<Self> {
        let mut bytes = [0_u8; BYTES];
        rand::fill(&mut bytes).ok()?;
        Some(Self(BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }

    #[cfg(test)]
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn to_header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(&self.0).expect("base64 is a header value");
        value.set_sensitive(true);
        value
    }
}

impl std::borrow::Borrow<str> for SessionId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_long_visible_ascii_and_never_the_same() {
        let ids = [SessionId::random().unwrap(), SessionId::random().unwrap()];
        assert_ne!(ids[0], ids[1]);
        for id in ids {
            assert_eq!(id.as_str().len(), 32, "192 bits in base64");
            assert!(id.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            assert_eq!(format!("{id:?}"), "****");
        }
    }
}
