//! A layer that looks at the head of a request and lets it pass or answers it. The checks that need nothing else are written as
//! a [`Check`], so that none of them boxes a future or reads a body.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{http::Request, response::Response};
use futures_util::future::Either;
use tower::{Layer, Service};

use super::arrival::Knows;

/// A rule about the head of a request.
pub(super) trait Check: Send + Sync + 'static {
    /// The answer to a request that must not pass.
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response>;
}

/// Shared by several layers.
impl<C: Check> Check for Arc<C> {
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response> {
        (**self).refusal(request)
    }
}

/// One after the other. As layers of their own each would move the request once more.
impl<C: Check, D: Check> Check for (C, D) {
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response> {
        let (first, second) = self;
        first.refusal(request).or_else(|| second.refusal(request))
    }
}

/// The answer to a request that did not pass. Behind a pointer, so that those that do have no room for it.
pub(super) struct Refused(Option<Box<Response>>);

impl Future for Refused {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        // As with every future, nobody comes back once it is ready.
        self.0
            .take()
            .map_or(Poll::Pending, |response| Poll::Ready(Ok(*response)))
    }
}

/// The layer of a [`Check`].
pub(super) struct Gate<C>(Arc<C>);

impl<C> Gate<C> {
    pub(super) fn new(check: C) -> Self {
        Self(Arc::new(check))
    }
}

impl<C> Clone for Gate<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C, S> Layer<S> for Gate<C> {
    type Service = Gated<C, S>;

    fn layer(&self, inner: S) -> Self::Service {
        Gated {
            check: Arc::clone(&self.0),
            inner,
        }
    }
}

/// A service behind a [`Gate`].
pub(super) struct Gated<C, S> {
    check: Arc<C>,
    inner: S,
}

impl<C, S: Clone> Clone for Gated<C, S> {
    fn clone(&self) -> Self {
        Self {
            check: Arc::clone(&self.check),
            inner: self.inner.clone(),
        }
    }
}

impl<C, S, B> Service<Request<B>> for Gated<C, S>
where
    B: Knows,
    C: Check,
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Refused, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        match self.check.refusal(&request) {
            Some(refusal) => Either::Left(Refused(Some(Box::new(refusal)))),
            None => Either::Right(self.inner.call(request)),
        }
    }
}
