//! The wish of whoever started this process that it end.

use std::io;

use crate::{Failure, Result};

/// Ends with Ctrl-C, and with SIGTERM where there is one. From this call on, neither ends the process by itself.
pub(crate) fn interrupted() -> Result<impl Future<Output = ()>> {
    listen().map_err(|error| {
        Failure::new("cannot listen for signals")
            .because(&error)
            .hint("this is about the machine: try again")
    })
}

#[cfg(unix)]
fn listen() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn listen() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
