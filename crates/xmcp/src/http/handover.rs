//! Leaving the socket to a successor, another process that listens on the same one and answers already.
//!
//! 1. Nothing more is accepted: what waits to be is the successor's.
//! 2. The next answer on each HTTP/1 connection says `Connection: close`, and an HTTP/2 connection is told to go away when its next
//!    request comes. Closing an idle one at once would fail the call that its client is just sending.
//! 3. One that sends nothing for [`GRACE`] is closed all the same: its client would otherwise be answered by what is gone by then.
//! 4. From there on it is a shutdown: what is in progress is finished.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio_util::sync::CancellationToken;

/// How long a client that sends nothing keeps its connection.
pub(super) const GRACE: Duration = Duration::from_millis(300);

/// Whether a successor is there. Cloning is cheap, and clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handover {
    /// Read for each answer.
    has_begun: Arc<AtomicBool>,
    begun: CancellationToken,
}

impl Handover {
    /// From now on the successor has what comes.
    pub(crate) fn begin(&self) {
        self.has_begun.store(true, Relaxed);
        self.begun.cancel();
    }

    pub(super) fn has_begun(&self) -> bool {
        self.has_begun.load(Relaxed)
    }

    /// Waits for it.
    pub(super) async fn begun(&self) {
        self.begun.cancelled().await;
    }
}

/// What ends a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    /// Somebody else goes on. It ends in a shutdown.
    pub(crate) handover: Handover,
    /// Nobody does.
    pub(crate) shutdown: CancellationToken,
}

impl From<CancellationToken> for Ends {
    fn from(shutdown: CancellationToken) -> Self {
        Self {
            shutdown,
            ..Self::default()
        }
    }
}
