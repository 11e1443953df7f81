//! At most so many requests at a time. Above it the answer is 503 at once: a queue would only make every client wait until it
//! gives up.
//!
//! A request counts until its answer is complete: a small answer that is made in one piece until its head, a streamed one until its
//! end, because the work of a stream goes on while it is read, and a large one until it is taken, because it takes memory until
//! then, and one client can leave many of them lying. One that only listens does not count ([`Listening`]).

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    response::Response,
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Layer, Service};

use super::refusal::busy;

/// The largest answer that is small.
const SMALL: u64 = 16 * 1024;

/// Marks the answer to one who waits for something to happen: no work goes on for it, so it does not count. Whoever gives such an
/// answer bounds their number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listening;

/// The cap, shared by every route that has the layer.
#[derive(Clone)]
pub(super) struct InFlightLayer(Arc<Semaphore>);

impl InFlightLayer {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))))
    }
}

impl<S> Layer<S> for InFlightLayer {
    type Service = InFlight<S>;

    fn layer(&self, inner: S) -> Self::Service {
        InFlight {
            inner,
            semaphore: Arc::clone(&self.0),
        }
    }
}

/// A service with a cap.
#[derive(Clone)]
pub(super) struct InFlight<S> {
    inner: S,
    semaphore: Arc<Semaphore>,
}

impl<S> Service<Request> for InFlight<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = InFlightFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match Arc::clone(&self.semaphore).try_acquire_owned() {
            Ok(permit) => InFlightFuture {
                inner: Some(self.inner.call(request)),
                permit: Some(permit),
            },
            Err(_) => {
                tracing::warn!("refused a request: [http.limits] in_flight is reached");
                InFlightFuture {
                    inner: None,
                    permit: None,
                }
            }
        }
    }
}

pin_project! {
    /// The answer of a request that got a place, or 503.
    pub(super) struct InFlightFuture<F> {
        #[pin]
        inner: Option<F>,
        permit: Option<OwnedSemaphorePermit>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for InFlightFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(inner) = this.inner.as_pin_mut() else {
            return Poll::Ready(Ok(busy(
                "the server is busy with other requests, try again",
            )));
        };
        let Ok(response) = ready!(inner.poll(context));
        let permit = this.permit.take();
        if response.extensions().get::<Listening>().is_some() {
            return Poll::Ready(Ok(response));
        }
        if response
            .body()
            .size_hint()
            .exact()
            .is_some_and(|size| size <= SMALL)
        {
            return Poll::Ready(Ok(response));
        }
        Poll::Ready(Ok(response.map(|body| {
            Body::new(Counted {
                body,
                _permit: permit,
            })
        })))
    }
}

/// A streamed or large body that keeps its request counted.
struct Counted {
    body: Body,
    _permit: Option<OwnedSemaphorePermit>,
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
