//! Which pages may read the answers. Off until `[http] cors` lists origins. A preflight is answered here, before anything that
//! asks for a token, because browsers send none with it. Cookies play no part in this server, so credentials are never allowed,
//! and with them goes the danger of `*`.

use std::{
    convert::Infallible,
    future::{Future, Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header},
    response::Response,
};
use futures_util::future::Either;
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use xmcp_config::HttpSettings;

use super::{StartProblem, origin::Origins};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, DELETE, OPTIONS");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("www-authenticate, retry-after, mcp-session-id, x-request-id");
/// How long a browser remembers a preflight; more than two hours none of them does.
const MAX_AGE: HeaderValue = HeaderValue::from_static("7200");
const HEADERS: &str = "authorization, dpop, content-type, accept, mcp-protocol-version, mcp-method, mcp-name, mcp-session-id, last-event-id";
/// Headers that carry arguments of a call: their names are the tool's, so those asked for are allowed.
const PARAMETER_PREFIX: &str = "mcp-param-";
/// What of a preflight's list of headers is looked at.
const PARAMETERS: usize = 32;

/// Answers preflights, and marks answers as readable by the origins of `[http] cors`.
#[derive(Clone)]
pub(super) struct CorsLayer(Arc<Origins>);

impl CorsLayer {
    /// Nothing while no origin is configured.
    pub(super) fn new(settings: &HttpSettings) -> Result<Option<Self>, StartProblem> {
        if settings.cors.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self(Arc::new(Origins::parse(
            "cors",
            &settings.cors,
        )?))))
    }
}

impl<S> Layer<S> for CorsLayer {
    type Service = Cors<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors {
            inner,
            origins: Arc::clone(&self.0),
        }
    }
}

/// A service that pages of other origins may use.
#[derive(Clone)]
pub(super) struct Cors<S> {
    inner: S,
    origins: Arc<Origins>,
}

impl<S, B> Service<Request<B>> for Cors<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, CorsFuture<S::Future>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let allowed = self.allowed(request.headers());
        if is_preflight(&request) {
            return Either::Left(ready(Ok(preflight(request.headers(), allowed))));
        }
        Either::Right(CorsFuture {
            inner: self.inner.call(request),
            allowed,
        })
    }
}

impl<S> Cors<S> {
    /// What `Access-Control-Allow-Origin` says to this request.
    fn allowed(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let origin = headers.get(header::ORIGIN)?;
        if self.origins.is_any() {
            return Some(HeaderValue::from_static("*"));
        }
        let is_listed = origin.to_str().is_ok_and(|text| self.origins.contain(text));
        is_listed.then(|| origin.clone())
    }
}

pin_project! {
    /// Adds the headers that let the page read the answer.
    pub(super) struct CorsFuture<F> {
        #[pin]
        inner: F,
        allowed: Option<HeaderValue>,
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for CorsFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(mut response) = ready!(this.inner.poll(context));
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("origin"));
        if let Some(origin) = this.allowed.take() {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
        Poll::Ready(Ok(response))
    }
}

fn is_preflight<B>(request: &Request<B>) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn preflight(asked: &HeaderMap, allowed: Option<HeaderValue>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(
        header::VARY,
        HeaderValue::from_static(
            "origin, access-control-request-method, access-control-request-headers",
        ),
    );
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed_headers(asked));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    response
}

fn allowed_headers(asked: &HeaderMap) -> HeaderValue {
    let mut names = String::from(HEADERS);
    let asked = asked
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|value| value.to_str().ok());
    let parameters = asked
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| is_parameter(name));
    for name in parameters.take(PARAMETERS) {
        names.push_str(", ");
        names.push_str(name);
    }
    HeaderValue::try_from(names).unwrap_or(HeaderValue::from_static(HEADERS))
}

fn is_parameter(name: &str) -> bool {
    let Some(prefix) = name.get(..PARAMETER_PREFIX.len()) else {
        return false;
    };
    prefix.eq_ignore_ascii_case(PARAMETER_PREFIX)
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
