//! Where what waits for a network or a process waits.

use crate::{Failure, Result};

/// What `work` comes to. The commands are ordinary functions; those that talk to servers wait here.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new("cannot start threads")
                .because(&error)
                .hint("this is about the machine: see whether it is out of memory or of processes")
        })?;
    let done = runtime.block_on(work);
    // A name that is looked up, or a file that is read, is in nobody's way any more.
    runtime.shutdown_background();
    done
}
