//! The way from a running handler to the client.

use futures_util::future::BoxFuture;
use serde_json::Value;

/// A JSON-RPC notification about a request that is still being answered.
#[derive(Clone, Debug)]
pub(crate) struct Notification {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
}

/// What takes notifications to the client: the response's stream over HTTP, the peer on stdio.
pub(crate) trait Notifier: Send + Sync {
    /// Ends once the notification is on its way, or at once when nobody listens any more.
    fn notify(&self, notification: Notification) -> BoxFuture<'_, ()>;

    /// Sends the reader of the response's stream away, where it can come back for the rest.
    fn close_stream(&self) {}
}
