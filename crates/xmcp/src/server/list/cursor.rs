//! Where the next page begins, as text that only this server understands (2025-11-25 server/utilities/pagination).
//!
//! A cursor needs nothing that the server remembers, so every replica of the same build takes it. It names the list and a digest of
//! what was in it: one of another list, of another caller's view, or of a list that has changed since is refused.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::ListKind;
use crate::server::jsonrpc::RpcError;

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct Cursor {
    pub(super) kind: ListKind,
    /// The page's number.
    pub(super) page: u32,
    /// What the whole list was.
    pub(super) digest: u64,
}

impl Cursor {
    pub(in crate::server) fn write(self) -> String {
        let mut bytes = vec![self.kind as u8];
        bytes.extend_from_slice(&self.page.to_be_bytes());
        bytes.extend_from_slice(&self.digest.to_be_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A cursor of this list.
    pub(in crate::server) fn read(text: &str, kind: ListKind) -> Result<Self, RpcError> {
        let cursor = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|bytes| <[u8; 13]>::try_from(bytes).ok());
        let Some([number, rest @ ..]) = cursor else {
            return Err(refused("is none of this server's"));
        };
        if number != kind as u8 {
            return Err(refused("is of another list"));
        }
        let (page, digest) = rest.split_at(4);
        let (Ok(page), Ok(digest)) = (page.try_into(), digest.try_into()) else {
            return Err(refused("is none of this server's"));
        };
        Ok(Self {
            kind,
            page: u32::from_be_bytes(page),
            digest: u64::from_be_bytes(digest),
        })
    }
}

/// The client starts again from the first page.
pub(super) fn refused(what: &str) -> RpcError {
    RpcError::invalid_params(format!("`cursor` {what}: ask for the list without one"))
}
