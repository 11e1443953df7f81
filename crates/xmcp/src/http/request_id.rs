//! The id of a request: in every log line, in every answer, and in what a person is told when something fails, so that the three
//! can be brought together.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    hash::{BuildHasher, RandomState},
    pin::Pin,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Request},
    response::Response,
};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::{arrival::Knows, request_span::RequestSpan};

/// Where the id comes in and goes out.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that a client may choose.
const LONGEST: usize = 64;

/// What a request is called. A client may name it in `x-request-id` with up to 64 of `A-Z a-z 0-9 . _ -`; anything else there is
/// replaced, because ids end up in logs.
#[derive(Clone)]
pub(crate) struct RequestId(Name);

#[derive(Clone)]
enum Name {
    /// Behind a pointer, for few choose one and all are as large as the largest.
    Chosen(Arc<HeaderValue>),
    /// Hexadecimal digits, in place: an id is copied several times on its way.
    Made([u8; 16]),
}

impl RequestId {
    /// A new id, which no other request of this process has. It is no secret.
    pub(crate) fn new() -> Self {
        // The start is random, so that ids of two replicas or of two runs do not meet; after it counting is enough.
        static NEXT: LazyLock<AtomicU64> =
            LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0_u8)));
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut text = [0_u8; 16];
        for (index, digit) in text.iter_mut().enumerate() {
            *digit = b"0123456789abcdef"[(number >> (60 - 4 * index)) as usize & 0xf];
        }
        Self(Name::Made(text))
    }

    /// The id that the client chose, or a new one.
    fn of<B: Knows>(request: &Request<B>) -> Self {
        match B::glance(request).lacks_id {
            true => Self::new(),
            false => Self::among(request.headers()),
        }
    }

    pub(super) fn among(headers: &HeaderMap) -> Self {
        match headers.get(HEADER) {
            Some(value) if is_id(value.as_bytes()) => Self(Name::Chosen(Arc::new(value.clone()))),
            _ => Self::new(),
        }
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        let bytes = match &self.0 {
            Name::Chosen(value) => value.as_bytes(),
            Name::Made(digits) => digits,
        };
        std::str::from_utf8(bytes).expect("an id is ASCII")
    }

    pub(super) fn to_header(&self) -> HeaderValue {
        match &self.0 {
            Name::Chosen(value) => HeaderValue::clone(value),
            Name::Made(digits) => {
                HeaderValue::from_bytes(digits).expect("hexadecimal digits are a header value")
            }
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

fn is_id(value: &[u8]) -> bool {
    (1..=LONGEST).contains(&value.len())
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

/// Names the request, for every log line below it.
#[derive(Clone, Copy)]
pub(super) struct RequestIdLayer;

impl<S> Layer<S> for RequestIdLayer {
    type Service = Named<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Named { inner }
    }
}

/// A service whose requests have an id.
#[derive(Clone)]
pub(super) struct Named<S> {
    inner: S,
}

impl<S, B> Service<Request<B>> for Named<S>
where
    B: Knows,
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = NamedFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let id = RequestId::of(&request);
        let mut span = RequestSpan::new(id.clone());
        B::keep_id(&mut request, &id);
        NamedFuture {
            inner: Some(span.scope(|| self.inner.call(request))),
            span,
            id,
        }
    }
}

pin_project! {
    /// Polls the request inside its span, and names the answer.
    pub(super) struct NamedFuture<F> {
        #[pin]
        inner: Option<F>,
        span: RequestSpan,
        id: RequestId,
    }

    impl<F> PinnedDrop for NamedFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // A request that is given up ends in its span too: what goes on without its client is logged under the same name.
            if this.inner.is_some() {
                let inner = &mut this.inner;
                this.span.scope(|| inner.set(None));
            }
        }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for NamedFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let inner = &mut this.inner;
        let Ok(mut response) = ready!(this.span.scope(|| {
            let Some(future) = inner.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            let answer = ready!(future.poll(context));
            // What it lets go may have something to say too.
            inner.set(None);
            Poll::Ready(answer)
        }));
        response.headers_mut().insert(HEADER, this.id.to_header());
        Poll::Ready(Ok(response))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_static(value));
        RequestId::among(&headers).to_string()
    }

    #[test]
    fn keeps_ids_that_are_safe_to_log() {
        for id in [
            "a",
            "Req-1.2_3",
            "0123456789012345678901234567890123456789012345678901234567890123",
        ] {
            assert_eq!(id_for(id), id);
        }
    }

    #[test]
    fn replaces_ids_that_are_not() {
        for id in [
            "",
            "a b",
            "a\tb",
            "<script>",
            "01234567890123456789012345678901234567890123456789012345678901234",
        ] {
            let made = id_for(id);
            assert_eq!(made.len(), 16, "{id:?} became {made:?}");
            assert!(made.bytes().all(|byte| byte.is_ascii_hexdigit()), "{made}");
        }
    }

    #[test]
    fn new_ids_differ() {
        assert_ne!(RequestId::new().as_str(), RequestId::new().as_str());
    }
}
