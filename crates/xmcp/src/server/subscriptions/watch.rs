//! `resources/subscribe` and `resources/unsubscribe` of 2025-11-25 server/resources, for whatever keeps a listener for its client: a
//! session, a pipe.

use super::filter::{BYTES, RESOURCES, check_uri};
use crate::server::{changes::Listener, jsonrpc::RpcError};

/// Tells of this resource from now on.
pub(crate) fn watch(news: &Listener, uri: &str) -> Result<(), RpcError> {
    check_uri(uri)?;
    if news.watch(uri, RESOURCES, BYTES) {
        return Ok(());
    }
    Err(RpcError::invalid_params(format!(
        "one client may subscribe to {RESOURCES} resources at a time, whose URIs have {BYTES} bytes together"
    )))
}
