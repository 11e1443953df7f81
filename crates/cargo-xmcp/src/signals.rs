//! The wish of whoever started this process that it end.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{Failure, Result};

/// What ends a command: Ctrl-C, and where there are such signals SIGTERM and the end of the terminal. From the making of this on, none of
/// them ends the process by itself.
pub(crate) struct Signals {
    #[cfg(unix)]
    all: [Signal; 3],
}

impl Signals {
    /// # Errors
    ///
    /// When the system does not tell of signals.
    pub(crate) fn new() -> Result<Self> {
        Self::listen().map_err(|error| {
            Failure::new("cannot listen for signals")
                .because(&error)
                .hint("this is about the machine: try again")
        })
    }

    #[cfg(unix)]
    fn listen() -> io::Result<Self> {
        let all = [
            signal(SignalKind::interrupt())?,
            signal(SignalKind::terminate())?,
            signal(SignalKind::hangup())?,
        ];
        Ok(Self { all })
    }

    #[cfg(not(unix))]
    fn listen() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one. Cancel safe.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        let [interrupt, terminate, hang_up] = &mut self.all;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    }

    /// Waits for the next one. Cancel safe.
    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
