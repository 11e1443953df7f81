//! Handlers that are not `async`.

use tokio::sync::Semaphore;

use crate::{PromptMetadata, ResourceMetadata, ToolError, ToolMetadata};

/// `METADATA` of any kind, as far as it says how a handler runs.
pub trait Metadata {
    /// Whether a handler that is not `async` runs on the blocking pool.
    fn is_blocking(&self) -> bool;
}

macro_rules! metadata {
    ($($type:ty),*) => {
        $(impl Metadata for $type {
            fn is_blocking(&self) -> bool {
                self.blocking
            }
        })*
    };
}

metadata!(ToolMetadata, PromptMetadata, ResourceMetadata);

/// What a handler that is not `async` returns: in place, or on the blocking pool when `METADATA` says so.
///
/// A panic goes on as a panic, wherever the handler ran.
pub async fn run<R: Send + 'static>(
    metadata: &impl Metadata,
    handler: impl FnOnce() -> R + Send + 'static,
) -> Result<R, ToolError> {
    if !metadata.is_blocking() {
        return Ok(handler());
    }
    // What waits for a thread waits here, where it ends with its call. In the pool's own queue it would stay, with its arguments,
    // after the client has gone.
    let thread = THREADS.acquire().await.map_err(ToolError::internal)?;
    let span = tracing::Span::current();
    let handler = crate::session::carried(handler);
    let work = move || {
        let _thread = thread;
        span.in_scope(handler)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(output) => Ok(output),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(ToolError::internal(error)),
        },
    }
}

/// Handlers on the blocking pool at a time: half of its threads, since files and host names are read on them too.
static THREADS: Semaphore = Semaphore::const_new(256);

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Arc, mpsc},
        time::Duration,
    };

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_is_given_up_while_it_waits_for_a_thread_leaves_nothing_behind() {
        const METADATA: ToolMetadata = ToolMetadata::new().blocking();
        let mut held = Vec::new();
        while THREADS.available_permits() > 0 {
            let ((release, released), (started, running)) =
                (mpsc::channel::<()>(), oneshot::channel());
            let work = move || {
                let _ = started.send(());
                let _ = released.recv();
            };
            held.push((
                tokio::spawn(async move { run(&METADATA, work).await }),
                release,
            ));
            running.await.unwrap();
        }
        let arguments = Arc::new(());
        let kept = Arc::clone(&arguments);
        {
            let mut call = pin!(run(&METADATA, move || drop(kept)));
            let waited = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
            assert!(waited.is_err(), "there was a thread");
        }
        assert_eq!(Arc::strong_count(&arguments), 1);
        for (call, release) in held {
            drop(release);
            call.await.unwrap().unwrap();
        }
        run(&METADATA, || ()).await.unwrap();
    }
}
