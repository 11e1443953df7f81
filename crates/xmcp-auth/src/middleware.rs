//! The layer before protected routes.
//!
//! 1. It stands on routes, looks at headers and at nothing else: no path, no method, no body. Whatever is behind it needs a session.
//! 2. The body of a refused request is never read.
//! 3. What gets through carries the [`Session`](crate::Session), in its extensions unless a [`Carrier`] has another place, and no
//!    credential in its headers.
//! 4. The client gets the coarse reason, the log the exact one. Layers outside find the [`Rejection`] in the answer's extensions, and
//!    the session, if there is one.
//! 5. An address that has sent too many bad credentials gets no further one looked at, and a caller that comes too often waits: see
//!    [`Limits`](crate::Limits).
//!
//! Answers to CORS preflights belong before this layer, for preflights carry no token.

use std::{
    convert::Infallible,
    fmt,
    marker::PhantomData,
    sync::Arc,
    task::{Context, Poll},
};

use axum::response::Response;
use futures_util::future::ready;
use http::Request;
use tower::{Layer, Service};

use crate::{
    Carrier, Challenger, InExtensions, ProtectFuture, Rejection, Session,
    guard::{Caller, Guard, Proven},
    limits::Attempt,
    presented::{Found, Kind},
};

/// Refuses every request without a good credential, and puts the [`Session`](crate::Session) into the others: where, says the
/// [`Carrier`].
///
/// Made by [`Provider::protect`](crate::Provider::protect); for [`Router::layer`](axum::Router::layer) and its like.
#[derive(Clone)]
pub struct ProtectLayer<C = InExtensions> {
    guard: Arc<Guard>,
    anonymous: Anonymous,
    carrier: PhantomData<fn() -> C>,
}

/// What becomes of requests that carry no credential.
#[derive(Clone, Copy, PartialEq)]
enum Anonymous {
    Refused,
    Admitted,
}

impl ProtectLayer {
    pub(crate) fn new(guard: Guard) -> Self {
        Self {
            guard: Arc::new(guard),
            anonymous: Anonymous::Refused,
            carrier: PhantomData,
        }
    }
}

impl<C> ProtectLayer<C> {
    /// For requests that carry the caller in another place than their extensions.
    #[must_use]
    pub fn carried_by<D>(self) -> ProtectLayer<D> {
        ProtectLayer {
            guard: self.guard,
            anonymous: self.anonymous,
            carrier: PhantomData,
        }
    }

    /// Lets requests without a credential through, without a session. What is behind then decides, and refuses with the
    /// [`Challenges`](crate::Challenges) in the request's extensions. A credential that is there must still be good.
    #[must_use]
    pub fn admit_anonymous(mut self) -> Self {
        self.anonymous = Anonymous::Admitted;
        self
    }

    /// Refuses requests without a credential, even where the provider is [optional](crate::Provider::optional).
    #[must_use]
    pub fn refuse_anonymous(mut self) -> Self {
        self.anonymous = Anonymous::Refused;
        self
    }
}

impl<C> fmt::Debug for ProtectLayer<C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProtectLayer")
            .field("kinds", &self.guard.kinds)
            .finish_non_exhaustive()
    }
}

impl<S, C: Clone> Layer<S> for ProtectLayer<C> {
    type Service = Protect<S, C>;

    fn layer(&self, inner: S) -> Protect<S, C> {
        Protect {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service behind [`ProtectLayer`].
#[derive(Debug, Clone)]
pub struct Protect<S, C = InExtensions> {
    inner: S,
    layer: ProtectLayer<C>,
}

impl<S, B, C> Service<Request<B>> for Protect<S, C>
where
    S: Service<Request<B>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    C: Carrier<B>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ProtectFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let guard = &self.layer.guard;
        let found = guard.found(&mut request);
        // Most requests end here: there is nothing to wait for, and nothing is allocated to wait with.
        if let Some(caller) = guard.known::<B, C>(&found, &mut request) {
            let challenger = Challenger::new(guard, false);
            let passed = match caller {
                Ok(caller) => pass::<B, C>(Some(caller), challenger, &mut request),
                Err(rejection) => Err(refused(&rejection, &challenger, &request, None)),
            };
            return match passed {
                Ok(()) => ProtectFuture::behind(self.inner.call(request)),
                Err(refused) => ProtectFuture::looking(Box::pin(ready(Ok(*refused)))),
            };
        }
        let presented = found.and_then(Found::judged);
        // The one that was polled is the one that is ready.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let layer = self.layer.clone();
        ProtectFuture::looking(Box::pin(async move {
            let guard = &layer.guard;
            let is_bound = matches!(&presented, Ok(presented) if presented.kind() == Kind::Dpop);
            let challenger = Challenger::new(guard, is_bound);
            let place = guard.places.of(request.uri(), request.headers());
            let peer = C::peer(&request);
            let (mut parts, body) = request.into_parts();
            let attempt = guard.limiter.attempt(peer, &parts.headers);
            let presented = presented
                .and_then(|presented| guard.proven(presented, &mut parts, place, &attempt));
            request = Request::from_parts(parts, body);
            let passed = match layer.admit(presented, &attempt).await {
                Ok(caller) => pass::<B, C>(caller, challenger, &mut request),
                Err(rejection) => Err(refused(&rejection, &challenger, &request, None)),
            };
            match passed {
                Ok(()) => inner.call(request).await,
                Err(refused) => Ok(*refused),
            }
        }))
    }
}

/// Puts the caller and who may refuse it into the request, unless it lacks a scope that every request needs.
fn pass<B, C: Carrier<B>>(
    caller: Option<Caller<'_>>,
    challenger: Challenger,
    request: &mut Request<B>,
) -> Result<(), Box<Response>> {
    if let Some((session, source)) = &caller
        && let Err(rejection) = source.check_scopes(session)
    {
        let mut response = refused(&rejection, &challenger, request, Some(session));
        response.extensions_mut().insert(session.clone());
        return Err(response);
    }
    C::carry(request, caller.map(|(session, _)| session), challenger);
    Ok(())
}

fn refused<B>(
    rejection: &Rejection,
    challenger: &Challenger,
    request: &Request<B>,
    caller: Option<&Session>,
) -> Box<Response> {
    let challenges = challenger.challenges(request.uri(), request.headers(), caller);
    Box::new(rejection.response(&challenges))
}

impl<C> ProtectLayer<C> {
    /// The caller, or nobody where nobody may come in too.
    async fn admit(
        &self,
        presented: Result<Proven, Rejection>,
        attempt: &Attempt<'_>,
    ) -> Result<Option<Caller<'_>>, Rejection> {
        match presented {
            Ok((presented, proof)) => {
                let caller = self.guard.caller(&presented, proof.as_ref(), attempt);
                caller.await.map(Some)
            }
            Err(Rejection::Missing) if self.anonymous == Anonymous::Admitted => Ok(None),
            Err(Rejection::Invalid) => {
                if let Some(retry_after) = attempt.wait(None) {
                    return Err(Rejection::RateLimited { retry_after });
                }
                attempt.failed(None);
                self.guard.tell(&Rejection::Invalid);
                Err(Rejection::Invalid)
            }
            Err(rejection) => {
                self.guard.tell(&rejection);
                Err(rejection)
            }
        }
    }
}
