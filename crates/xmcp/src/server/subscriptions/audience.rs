//! Who listens, as far as it decides what may be told.

use std::sync::Arc;

use xmcp_auth::Session;

use crate::server::{Server, changes::Change};

/// The caller who reads a stream, by the credential with which it opened it. That is another one than it subscribed with, perhaps,
/// and what needs which scopes changes too.
pub(crate) struct Audience {
    server: Arc<Server>,
    caller: Option<Session>,
}

impl Audience {
    pub(crate) fn new(server: &Arc<Server>, caller: Option<&Session>) -> Self {
        Self {
            server: Arc::clone(server),
            caller: caller.cloned(),
        }
    }

    /// Whether it may know of this change: of a resource, if it may read it now.
    pub(crate) fn may_know(&self, change: &Change) -> bool {
        match change {
            Change::Resource(uri) => self.server.may_read(uri, self.caller.as_ref()).is_ok(),
            Change::Tools | Change::Prompts | Change::Resources => true,
        }
    }
}
