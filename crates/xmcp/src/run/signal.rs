//! SIGINT and SIGTERM: the first asks the server to finish, the second ends the process at once.

use std::io;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Watches for signals while it lives.
#[derive(Debug)]
pub(crate) struct Signals {
    task: JoinHandle<()>,
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Cancels `shutdown` at the first signal.
pub(crate) fn watch(shutdown: CancellationToken) -> io::Result<Signals> {
    let mut signals = sources::Sources::new()?;
    let task = tokio::spawn(async move {
        signals.next().await;
        tracing::info!("shutting down, a second signal ends it at once");
        shutdown.cancel();
        let code = signals.next().await;
        exit(code);
    });
    Ok(Signals { task })
}

#[expect(
    clippy::exit,
    reason = "whoever sends a second signal wants the process gone, and nothing else can be relied on to end"
)]
fn exit(code: i32) {
    std::process::exit(code);
}

#[cfg(unix)]
mod sources {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) struct Sources {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Sources {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        /// Waits for a signal; the exit code is the one that shells give it.
        pub(super) async fn next(&mut self) -> i32 {
            tokio::select! {
                _ = self.interrupt.recv() => 128 + SignalKind::interrupt().as_raw_value(),
                _ = self.terminate.recv() => 128 + SignalKind::terminate().as_raw_value(),
            }
        }
    }
}

#[cfg(not(unix))]
mod sources {
    use std::{future::pending, io};

    use tokio::signal::ctrl_c;

    pub(super) struct Sources;

    impl Sources {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) -> i32 {
            if ctrl_c().await.is_err() {
                pending::<()>().await;
            }
            130
        }
    }
}
