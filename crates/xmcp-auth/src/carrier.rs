//! What a request carries to the layer, and what it carries on from there.

use std::{fmt, net::SocketAddr, sync::Arc};

use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, Uri};

use crate::{Challenges, Session, guard::Guard};

/// Where requests with a body of type `B` carry their peer's address to the layer, and from there the caller.
///
/// That is [`InExtensions`], unless [`ProtectLayer::carried_by`](crate::ProtectLayer::carried_by) says otherwise: a server whose bodies
/// have room for both spares each request a table and a box for each of these things.
///
/// ```
/// use std::net::SocketAddr;
/// use http::Request;
/// use xmcp_auth::{Carrier, Challenger, Session};
///
/// struct Body {
///     peer: SocketAddr,
///     caller: Option<Session>,
///     challenger: Option<Challenger>,
/// }
///
/// #[derive(Clone)]
/// struct InBody;
///
/// impl Carrier<Body> for InBody {
///     fn peer(request: &Request<Body>) -> Option<SocketAddr> {
///         Some(request.body().peer)
///     }
///
///     fn carry(request: &mut Request<Body>, caller: Option<Session>, challenger: Challenger) {
///         request.body_mut().caller = caller;
///         request.body_mut().challenger = Some(challenger);
///     }
/// }
/// # fn of(layer: xmcp_auth::ProtectLayer) -> xmcp_auth::ProtectLayer<InBody> {
/// layer.carried_by::<InBody>()
/// # }
/// ```
pub trait Carrier<B>: Clone + Send + Sync + 'static {
    /// Who sent the request. None where nobody says; then no failures are counted.
    fn peer(request: &Request<B>) -> Option<SocketAddr>;

    /// Puts the caller into a request that is let through, and who refuses it if it is refused later. Without a caller none may be left
    /// there that somebody before the layer put in.
    fn carry(request: &mut Request<B>, caller: Option<Session>, challenger: Challenger);
}

/// In the extensions, where axum looks: the peer as `ConnectInfo<SocketAddr>`, and behind the layer [`Session`] and [`Challenges`].
#[derive(Debug, Clone, Copy)]
pub struct InExtensions;

impl<B> Carrier<B> for InExtensions {
    fn peer(request: &Request<B>) -> Option<SocketAddr> {
        let peer: Option<&ConnectInfo<SocketAddr>> = request.extensions().get();
        peer.map(|ConnectInfo(peer)| *peer)
    }

    fn carry(request: &mut Request<B>, caller: Option<Session>, challenger: Challenger) {
        let challenges = challenger.challenges(request.uri(), request.headers(), caller.as_ref());
        let extensions = request.extensions_mut();
        match caller {
            Some(caller) => extensions.insert(caller),
            None => extensions.remove::<Session>(),
        };
        extensions.insert(challenges);
    }
}

/// Makes the [`Challenges`] of a request that the layer let through, when it is refused after all. Cloning is cheap.
#[derive(Clone)]
pub struct Challenger {
    guard: Arc<Guard>,
    /// Whether the client came with a token that is bound to a key.
    is_bound: bool,
}

impl Challenger {
    pub(crate) fn new(guard: &Arc<Guard>, is_bound: bool) -> Self {
        Self {
            guard: Arc::clone(guard),
            is_bound,
        }
    }

    /// The challenges under the name by which the request called the resource; of this caller, where they repeat what it has already.
    pub fn challenges(
        &self,
        uri: &Uri,
        headers: &HeaderMap,
        caller: Option<&Session>,
    ) -> Challenges {
        let mut challenges = self.guard.challenges.of(uri, headers).clone();
        if self.is_bound {
            challenges = challenges.of_bound();
        }
        match caller {
            Some(caller) if self.guard.includes_granted => challenges.repeating(caller.scopes()),
            _ => challenges,
        }
    }
}

impl fmt::Debug for Challenger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Challenger").finish_non_exhaustive()
    }
}
