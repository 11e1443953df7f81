//! A panic of a route becomes a 500 that names the request and nothing else; without this the client would wait for an answer
//! that never comes. What the panic said stands in the log.

use std::{
    any::Any,
    convert::Infallible,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    http::{Request, StatusCode},
    response::Response,
};
use pin_project_lite::pin_project;
use serde_json::json;
use tower::{Layer, Service};

use super::{
    RequestId,
    arrival::Knows,
    refusal::{INTERNAL_ERROR, json_response},
};

/// Contains panics of everything below it.
#[derive(Clone, Copy)]
pub(super) struct CatchPanicLayer;

impl<S> Layer<S> for CatchPanicLayer {
    type Service = CatchPanic<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CatchPanic { inner }
    }
}

/// A service whose panics are answers.
#[derive(Clone)]
pub(super) struct CatchPanic<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for CatchPanic<S>
where
    B: Knows,
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = CatchPanicFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let id = B::id(&request).cloned();
        // Nothing of the service is looked at after a panic but its next call, and each call works on a service of its own.
        match catch_unwind(AssertUnwindSafe(|| self.inner.call(request))) {
            Ok(inner) => CatchPanicFuture {
                inner: Some(inner),
                id,
            },
            Err(panic) => {
                log(panic.as_ref());
                CatchPanicFuture { inner: None, id }
            }
        }
    }
}

pin_project! {
    /// The answer, or the 500 in its place. `inner` is gone once it has panicked.
    pub(super) struct CatchPanicFuture<F> {
        #[pin]
        inner: Option<F>,
        id: Option<RequestId>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for CatchPanicFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(Ok(failure(this.id.as_ref())));
        };
        match catch_unwind(AssertUnwindSafe(|| inner.poll(context))) {
            Ok(poll) => poll,
            Err(panic) => {
                log(panic.as_ref());
                // Dropping what panicked may panic again.
                let _ = catch_unwind(AssertUnwindSafe(|| this.inner.set(None)));
                Poll::Ready(Ok(failure(this.id.as_ref())))
            }
        }
    }
}

fn failure(id: Option<&RequestId>) -> Response {
    let id = id.map(RequestId::as_str);
    let error =
        json!({"code": INTERNAL_ERROR, "message": "internal error", "data": {"requestId": id}});
    json_response(
        StatusCode::INTERNAL_SERVER_ERROR,
        json!({"jsonrpc": "2.0", "error": error}).to_string(),
    )
}

fn log(panic: &(dyn Any + Send)) {
    tracing::error!(panic = crate::panic::unlogged(panic), "a route panicked");
}
