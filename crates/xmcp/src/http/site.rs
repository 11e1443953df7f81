//! What a connection's requests are given to: the router, and before it the endpoint, which nearly all of them are for.
//!
//! 1. The router has the endpoint too and answers it through the same layers. Whether a request goes there by itself or through the
//!    router is a matter of cost alone: the router would find the route, copy it and box two futures more.
//! 2. So a request goes there by itself only when it cannot be meant for anything else: a POST to the endpoint's path, to the letter.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    body::Body,
    extract,
    http::{Method, Request},
    response::Response,
};
use futures_util::future::BoxFuture;
use tower::Service;
use xmcp_auth::Protect;

use super::{Arrival, InFacts};

/// An answer that is not yet there.
pub(crate) type Answering = BoxFuture<'static, Result<Response, Infallible>>;

/// A service behind a pointer, for requests to the endpoint. It is ready at any time.
#[derive(Clone)]
pub(crate) struct Direct(Kind);

#[derive(Clone)]
enum Kind {
    /// What answers without anything of its own.
    Shared(Arc<dyn Fn(Request<Arrival>) -> Answering + Send + Sync>),
    /// What has to be called by its one owner. To copy it is dearer than to call it, so each connection has its own.
    Owned(Box<dyn Owned>),
    /// The same behind auth, whose answers are in boxes already.
    Guarded(Box<Protect<Direct, InFacts>>),
}

impl Direct {
    pub(crate) fn new(
        answer: impl Fn(Request<Arrival>) -> Answering + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::Shared(Arc::new(answer)))
    }

    /// What answers behind auth.
    pub(crate) fn guarded(service: Protect<Direct, InFacts>) -> Self {
        Self(Kind::Guarded(Box::new(service)))
    }

    /// What answers by a service that is ready at any time, as everything of this crate's and of xmcp-auth's is.
    pub(crate) fn of<S>(service: S) -> Self
    where
        S: Service<Request<Arrival>, Response = Response, Error = Infallible>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
    {
        Self(Kind::Owned(Box::new(service)))
    }
}

impl Service<Request<Arrival>> for Direct {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Arrival>) -> Answering {
        match &mut self.0 {
            Kind::Shared(answer) => answer(request),
            Kind::Owned(service) => service.answer(request),
            Kind::Guarded(service) => service.call(request).into_box(),
        }
    }
}

/// The same behind a router.
#[derive(Clone)]
pub(crate) struct Routed(pub(crate) Direct);

impl Service<extract::Request> for Routed {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: extract::Request) -> Answering {
        self.0.call(Arrival::routed(request))
    }
}

/// A service whose type is not told.
trait Owned: Send + Sync {
    fn answer(&mut self, request: Request<Arrival>) -> Answering;

    fn copy(&self) -> Box<dyn Owned>;
}

impl<S> Owned for S
where
    S: Service<Request<Arrival>, Response = Response, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    fn answer(&mut self, request: Request<Arrival>) -> Answering {
        Box::pin(self.call(request))
    }

    fn copy(&self) -> Box<dyn Owned> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Owned> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// The routes of a server, with what leads to the endpoint by itself. Each connection has a copy.
#[derive(Clone)]
pub(crate) struct Site {
    router: Router,
    endpoint: Option<Endpoint>,
}

#[derive(Clone)]
struct Endpoint {
    path: Arc<str>,
    service: Direct,
}

impl From<Router> for Site {
    fn from(router: Router) -> Self {
        Self {
            router,
            endpoint: None,
        }
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Site").finish_non_exhaustive()
    }
}

impl Site {
    /// With what answers at this path as the router would.
    pub(super) fn with_endpoint(mut self, path: &str, service: Direct) -> Self {
        self.endpoint = Some(Endpoint {
            path: path.into(),
            service,
        });
        self
    }

    /// The router, which answers everything.
    pub(crate) fn into_router(self) -> Router {
        self.router
    }

    /// A router that takes the same ways as requests of a connection, for tests.
    pub(crate) fn into_served_router(self) -> Router {
        Router::new().fallback_service(tower::service_fn(move |request| {
            self.clone().answer(Arrival::routed(request))
        }))
    }

    pub(super) fn answer(&mut self, mut request: Request<Arrival>) -> Answering {
        match &mut self.endpoint {
            Some(endpoint)
                if request.method() == Method::POST && request.uri().path() == &*endpoint.path =>
            {
                Arrival::look(&mut request);
                endpoint.service.call(request)
            }
            _ => {
                let request = Arrival::say_peer(request).map(Body::new);
                Box::pin(self.router.clone().call(request))
            }
        }
    }
}
