//! The server in the hands of a handler.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use super::{
    Server,
    changes::{Change, Changes},
};
use crate::{Context, FromContext, Requirements, ToolError};

/// The server that answers a request, to tell its clients what has changed.
///
/// It is an argument of handlers, outlives its request, and may be kept and sent to other tasks. Telling never waits and never
/// fails: clients that listen are told, each as soon as it reads. Clients of 2026-07-28 listen by `subscriptions/listen`, older ones in
/// a transport session (`[http] sessions`) and over stdio.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub async fn handler(server: ServerHandle) -> &'static str {
///     // .. write the note, then:
///     server.resource_updated("notes://7");
///     "saved"
/// }
/// # let _ = handler;
/// ```
#[derive(Clone)]
pub struct ServerHandle {
    /// Weak, so that a handle which is kept in the app's state keeps no server.
    server: Weak<Server>,
}

impl ServerHandle {
    pub(crate) fn of(server: &Arc<Server>) -> Self {
        Self {
            server: Arc::downgrade(server),
        }
    }

    /// What the list of tools shows has changed.
    pub fn tools_changed(&self) {
        self.publish(Change::Tools);
    }

    /// What the list of prompts shows has changed.
    pub fn prompts_changed(&self) {
        self.publish(Change::Prompts);
    }

    /// What the lists of resources and templates show has changed.
    pub fn resources_changed(&self) {
        self.publish(Change::Resources);
    }

    /// What this resource holds has changed. Told to those who subscribed to it by exactly this URI.
    pub fn resource_updated(&self, uri: impl AsRef<str>) {
        self.publish(Change::Resource(uri.as_ref().into()));
    }

    fn publish(&self, change: Change) {
        if let Some(changes) = self.changes() {
            changes.publish(change);
        }
    }

    fn changes(&self) -> Option<Changes> {
        Some(self.server.upgrade()?.changes.clone())
    }
}

impl FromContext for ServerHandle {
    fn requires(requirements: &mut Requirements) {
        requirements.server();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.server())
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServerHandle")
    }
}

impl Default for ServerHandle {
    /// Nobody's.
    fn default() -> Self {
        Self {
            server: Weak::new(),
        }
    }
}
