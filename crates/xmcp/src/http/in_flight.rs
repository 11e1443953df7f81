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
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, HttpBody},
    http::Request,
    response::Response,
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::refusal::busy;
use crate::seldom::Seldom;

/// The largest answer that is small.
const SMALL: u64 = 16 * 1024;

/// Marks the answer to one who waits for something to happen: no work goes on for it, so it does not count. Whoever gives such an
/// answer bounds their number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listening;

/// The cap, shared by every route that has the layer.
#[derive(Clone)]
pub(super) struct InFlightLayer(Arc<Cap>);

struct Cap {
    /// How many more there may be.
    left: AtomicUsize,
    told: Seldom,
}

impl InFlightLayer {
    pub(super) fn new(most: usize) -> Self {
        Self(Arc::new(Cap {
            left: AtomicUsize::new(most),
            told: Seldom::new(),
        }))
    }
}

/// A request's place, until this is dropped. Nobody waits for one, so that a number is enough.
struct Place(Arc<Cap>);

impl Cap {
    fn take(this: &Arc<Self>) -> Option<Place> {
        let one_less = |left: usize| left.checked_sub(1);
        let taken = this.left.fetch_update(Relaxed, Relaxed, one_less);
        taken.ok().map(|_| Place(Arc::clone(this)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.left.fetch_add(1, Relaxed);
    }
}

impl<S> Layer<S> for InFlightLayer {
    type Service = InFlight<S>;

    fn layer(&self, inner: S) -> Self::Service {
        InFlight {
            inner,
            cap: Arc::clone(&self.0),
        }
    }
}

/// A service with a cap.
#[derive(Clone)]
pub(super) struct InFlight<S> {
    inner: S,
    cap: Arc<Cap>,
}

impl<S, B> Service<Request<B>> for InFlight<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = InFlightFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match Cap::take(&self.cap) {
            Some(place) => InFlightFuture {
                inner: Some(self.inner.call(request)),
                place: Some(place),
            },
            None => {
                if let Some(left_out) = self.cap.told.next() {
                    tracing::warn!(
                        left_out,
                        "refused a request: [http.limits] in_flight is reached"
                    );
                }
                InFlightFuture {
                    inner: None,
                    place: None,
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
        place: Option<Place>,
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
        let place = this.place.take();
        Poll::Ready(Ok(counted(response, place)))
    }
}

/// The response, which keeps `place` for as long as its request counts.
pub(crate) fn counted<P: Send + Unpin + 'static>(response: Response, place: P) -> Response {
    match is_done(&response) {
        true => response,
        false => response.map(|body| {
            Body::new(Counted {
                body,
                _place: place,
            })
        }),
    }
}

/// Whether an answer needs its place no longer.
fn is_done(response: &Response) -> bool {
    let size = response.body().size_hint().exact();
    size.is_some_and(|size| size <= SMALL) || response.extensions().get::<Listening>().is_some()
}

/// A streamed or large body that keeps its request counted.
struct Counted<P> {
    body: Body,
    _place: P,
}

impl<P: Unpin> HttpBody for Counted<P> {
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

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::{
        FutureExt,
        future::{BoxFuture, poll_immediate},
    };
    use tower::service_fn;

    use super::*;

    /// Requests of which at most one is in work, and what becomes of the next one.
    async fn status_after(first: impl FnOnce(Answer)) -> u16 {
        let layer = InFlightLayer::new(1);
        first(answer(&layer, pending().boxed()));
        status(&layer).await
    }

    type Answer = InFlightFuture<BoxFuture<'static, Result<Response, Infallible>>>;

    fn answer(
        layer: &InFlightLayer,
        work: BoxFuture<'static, Result<Response, Infallible>>,
    ) -> Answer {
        let mut work = Some(work);
        let service = service_fn(move |_: Request<()>| work.take().expect("it is called once"));
        layer.layer(service).call(Request::new(()))
    }

    async fn status(layer: &InFlightLayer) -> u16 {
        let response = answer(layer, ready(Ok(Response::default())).boxed()).await;
        let Ok(response) = response;
        response.status().as_u16()
    }

    #[tokio::test]
    async fn a_place_is_free_again_however_its_request_ends() {
        assert_eq!(status_after(std::mem::forget).await, 503, "it is taken");
        assert_eq!(status_after(drop).await, 200, "given up");
        let layer = InFlightLayer::new(1);
        for _ in 0..3 {
            assert_eq!(status(&layer).await, 200, "answered");
        }
        let panics = answer(&layer, async { panic!("on purpose") }.boxed());
        let end = std::panic::AssertUnwindSafe(panics).catch_unwind().await;
        assert!(end.is_err());
        assert_eq!(status(&layer).await, 200, "panicked");
        let mut refused = {
            let _at_work = answer(&layer, pending().boxed());
            answer(&layer, pending().boxed())
        };
        let Some(Ok(response)) = poll_immediate(&mut refused).await else {
            panic!("it has no answer");
        };
        assert_eq!(response.status(), 503);
        drop(refused);
        let at_work = answer(&layer, pending().boxed());
        assert_eq!(status(&layer).await, 503, "a refusal gave nothing back");
        drop(at_work);
        assert_eq!(status(&layer).await, 200);
    }

    #[tokio::test]
    async fn there_may_be_none_and_as_many_as_a_number_holds() {
        assert_eq!(status(&InFlightLayer::new(0)).await, 503);
        let layer = InFlightLayer::new(usize::MAX);
        for _ in 0..2 {
            assert_eq!(status(&layer).await, 200);
        }
    }
}
