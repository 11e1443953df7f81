//! The longest that a client waits for the head of an answer. The endpoint bounds each call by itself and answers within the
//! protocol; this stands behind it, for everything else that could hang: reading a body, a user's layer, a user's route. So it
//! is a little longer than a call may take, and it does not touch a body once its head is sent.
//!
//! The answer is 503 and not 504, which would blame a server behind this one, and without `Retry-After`, because the request may
//! have had effects.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    http::{Request, StatusCode},
    response::Response,
};
use pin_project_lite::pin_project;
use tokio::time::{Sleep, sleep};
use tower::{Layer, Service};

use super::refusal::{UNAVAILABLE, refusal};

/// What the endpoint gets beyond the time of a call, to say in its own words that the call took too long.
const MARGIN: Duration = Duration::from_secs(5);

/// Bounds the time until the head of the answer.
#[derive(Clone, Copy)]
pub(super) struct TimeoutLayer(Duration);

impl TimeoutLayer {
    pub(super) fn beyond_calls_of(call_timeout: Duration) -> Self {
        Self(call_timeout.saturating_add(MARGIN))
    }
}

impl<S> Layer<S> for TimeoutLayer {
    type Service = Timeout<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Timeout {
            inner,
            limit: self.0,
        }
    }
}

/// A service that answers in time.
#[derive(Clone)]
pub(super) struct Timeout<S> {
    inner: S,
    limit: Duration,
}

impl<S, B> Service<Request<B>> for Timeout<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = TimeoutFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        TimeoutFuture {
            inner: self.inner.call(request),
            sleep: None,
            limit: self.limit,
        }
    }
}

pin_project! {
    /// The answer, or 503. The timer is made when the answer is not there at once, which spares most requests one, and the room for it.
    pub(super) struct TimeoutFuture<F> {
        #[pin]
        inner: F,
        sleep: Option<Pin<Box<Sleep>>>,
        limit: Duration,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for TimeoutFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(answer) = this.inner.poll(context) {
            return Poll::Ready(answer);
        }
        let limit = *this.limit;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(sleep(limit)));
        ready!(sleep.as_mut().poll(context));
        tracing::warn!(
            seconds = this.limit.as_secs(),
            "gave up a request that took too long"
        );
        Poll::Ready(Ok(refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            UNAVAILABLE,
            "the request took too long",
        )))
    }
}
