//! Work that goes on when its client goes away: before 2026-07-28 a lost connection is not a cancel
//! (2025-11-25 basic/transports, "Sending Messages to the Server").

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;

use tracing::Instrument;

use super::{Server, caller::Caller};

/// A future that, dropped before its end, is run to it by the server: within the call's time limit, until the server
/// stops, and only while not more of them run than requests may be in flight, half of that for one caller.
pub(crate) struct Detach<T: Send + 'static> {
    server: Arc<Server>,
    caller: Option<Caller>,
    work: Option<BoxFuture<'static, T>>,
}

impl<T: Send + 'static> Detach<T> {
    pub(crate) fn new(
        server: Arc<Server>,
        caller: Option<Caller>,
        work: BoxFuture<'static, T>,
    ) -> Self {
        Self {
            server,
            caller,
            work: Some(work),
        }
    }
}

impl<T: Send + 'static> Future for Detach<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(work) = &mut self.work else {
            return Poll::Pending;
        };
        let output = std::task::ready!(work.as_mut().poll(context));
        self.work = None;
        Poll::Ready(output)
    }
}

impl<T: Send + 'static> Drop for Detach<T> {
    fn drop(&mut self) {
        let Some(work) = self.work.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let server = &self.server;
        // Tasks have a limit of their own.
        let detached = server.detached.len().saturating_sub(server.tasks.at_work());
        if server.stopping.is_cancelled() || detached >= server.settings.http.limits.in_flight {
            return;
        }
        let Some(share) = server.outliving.take(self.caller) else {
            return;
        };
        let stopping = server.stopping.clone();
        let work = async move {
            let _share = share;
            let _ = stopping.run_until_cancelled(work).await;
        };
        // What is dropped early is dropped in the span of its request, which what is logged later belongs to as well.
        server.detached.spawn_on(work.in_current_span(), &runtime);
    }
}
