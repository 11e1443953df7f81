//! What a client brings back with a request that it repeats.

use bytestring::ByteString;

/// The params of a request that is sent again after it was answered by questions (2026-07-28 basic/patterns/mrtr).
#[derive(Clone, Debug, Default)]
pub(crate) struct Brought {
    /// `inputResponses`, as JSON text.
    pub(crate) responses: Option<ByteString>,
    /// `requestState`.
    pub(crate) state: Option<String>,
}

impl Brought {
    pub(crate) fn is_empty(&self) -> bool {
        self.responses.is_none() && self.state.is_none()
    }
}
