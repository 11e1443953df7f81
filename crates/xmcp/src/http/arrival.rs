//! A request's body as it came, and with it what the server knows of the request beside its head.
//!
//! The usual place for such things are the extensions: a box for each, and a table that is allocated for the first. Nearly all requests
//! are for the endpoint, and on the way there the [`Facts`] are in the box that the body has anyway. Where a user's layer
//! or route may look, they are extensions as well: the peer's address by its axum name, the id by ours, the caller as auth has it.

use std::{
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody},
    extract::ConnectInfo,
    http::{Request, request::Parts},
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use xmcp_auth::{Carrier, Challenger, Challenges, Session};

use super::{glance::Glance, request_body::RequestBody, request_id::RequestId};

/// A request's body, with the [`Facts`] of the request.
pub(crate) struct Arrival(Box<Inner>);

struct Inner {
    body: Source,
    facts: Facts,
}

/// Where a body comes from.
enum Source {
    Connection(RequestBody),
    Router(Body),
}

/// What the server knows of a request beside its head.
#[derive(Default)]
pub(crate) struct Facts {
    /// Who sent it. None where nobody says: a router that is served by others, a test.
    pub(crate) peer: Option<SocketAddr>,
    /// None before the layer that gives it.
    pub(crate) id: Option<RequestId>,
    /// What a look at the headers has shown.
    pub(crate) glance: Glance,
    /// The verified caller. None before auth, and behind it for strangers.
    pub(crate) session: Option<Session>,
    /// Who says how to sign in, where auth came before and no router.
    challenger: Option<Challenger>,
}

impl Facts {
    /// What a client that is refused behind auth is told, under the name by which it called the server.
    pub(crate) fn challenges(&self, parts: &Parts) -> Option<Challenges> {
        match &self.challenger {
            Some(challenger) => {
                let caller = self.session.as_ref();
                Some(challenger.challenges(&parts.uri, &parts.headers, caller))
            }
            None => parts.extensions.get().cloned(),
        }
    }
}

/// Auth on the way to the endpoint: it finds the peer among the facts, and leaves the caller there.
#[derive(Debug, Clone)]
pub(crate) struct InFacts;

impl Carrier<Arrival> for InFacts {
    fn peer(request: &Request<Arrival>) -> Option<SocketAddr> {
        request.body().facts().peer
    }

    fn carry(request: &mut Request<Arrival>, caller: Option<Session>, challenger: Challenger) {
        let facts = &mut request.body_mut().0.facts;
        facts.session = caller;
        facts.challenger = Some(challenger);
    }
}

/// The body of a request, which may know of the request what would have to be found out otherwise.
pub(super) trait Knows: Sized {
    fn keep_id(request: &mut Request<Self>, id: &RequestId);

    fn id(request: &Request<Self>) -> Option<&RequestId>;

    /// What a look at the headers has shown, if anybody has looked.
    fn glance(request: &Request<Self>) -> Glance;
}

/// A request on its way through a router: what is known of it stands among its extensions.
impl Knows for Body {
    fn keep_id(request: &mut Request<Self>, id: &RequestId) {
        request.extensions_mut().insert(id.clone());
    }

    fn id(request: &Request<Self>) -> Option<&RequestId> {
        request.extensions().get()
    }

    fn glance(_: &Request<Self>) -> Glance {
        Glance::default()
    }
}

impl Arrival {
    pub(super) fn new(body: RequestBody, peer: SocketAddr) -> Self {
        let facts = Facts {
            peer: Some(peer),
            ..Facts::default()
        };
        Self(Box::new(Inner {
            body: Source::Connection(body),
            facts,
        }))
    }

    /// A request that comes by a router, which has the facts among its extensions.
    pub(super) fn routed(request: axum::extract::Request) -> Request<Self> {
        let peer: Option<&ConnectInfo<SocketAddr>> = request.extensions().get();
        let facts = Facts {
            peer: peer.map(|ConnectInfo(peer)| *peer),
            id: Body::id(&request).cloned(),
            // A layer of the user's may have changed the headers.
            glance: Glance::default(),
            session: request.extensions().get().cloned(),
            challenger: None,
        };
        request.map(|body| {
            Self(Box::new(Inner {
                body: Source::Router(body),
                facts,
            }))
        })
    }

    /// The request with its peer's address among the extensions, for those who look there.
    pub(crate) fn say_peer(mut request: Request<Self>) -> Request<Self> {
        if let Some(peer) = request.body().facts().peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        request
    }

    /// Looks at the headers, for all who would look some up.
    pub(super) fn look(request: &mut Request<Self>) {
        request.body_mut().0.facts.glance = Glance::at(request.headers());
    }

    pub(crate) fn facts(&self) -> &Facts {
        &self.0.facts
    }
}

impl Knows for Arrival {
    fn keep_id(request: &mut Request<Self>, id: &RequestId) {
        request.body_mut().0.facts.id = Some(id.clone());
    }

    fn id(request: &Request<Self>) -> Option<&RequestId> {
        request.body().facts().id.as_ref()
    }

    fn glance(request: &Request<Self>) -> Glance {
        request.body().facts().glance
    }
}

impl HttpBody for Arrival {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut self.0.body {
            Source::Connection(body) => {
                Pin::new(body).poll_frame(context).map_err(axum::Error::new)
            }
            Source::Router(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0.body {
            Source::Connection(body) => body.is_end_stream(),
            Source::Router(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0.body {
            Source::Connection(body) => body.size_hint(),
            Source::Router(body) => body.size_hint(),
        }
    }
}
