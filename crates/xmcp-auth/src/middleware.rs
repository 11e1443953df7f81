//! The layer before protected routes.
//!
//! 1. It stands on routes, looks at headers and at nothing else: no path, no method, no body. Whatever is behind it needs a session.
//! 2. The body of a refused request is never read.
//! 3. What gets through carries the [`Session`](crate::Session) in its extensions and no credential in its headers.
//! 4. The client gets the coarse reason, the log the exact one. Layers outside find the [`Rejection`] in the answer's extensions, and
//!    the session, if there is one.
//! 5. An address that has sent too many bad credentials gets no further one looked at, and a caller that comes too often waits: see
//!    [`Limits`](crate::Limits).
//!
//! Answers to CORS preflights belong before this layer, for preflights carry no token.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use axum::response::Response;
use futures_util::future::ready;
use http::Request;
use tower::{Layer, Service};

use crate::{
    ProtectFuture, Rejection, Session,
    guard::{Caller, Guard, Proven},
    limits::Attempt,
    presented::{Found, Kind},
};

/// Refuses every request without a good credential, and puts the [`Session`] into the extensions of the others.
///
/// Made by [`Provider::protect`](crate::Provider::protect); for [`Router::layer`](axum::Router::layer) and its like.
#[derive(Clone)]
pub struct ProtectLayer {
    guard: Arc<Guard>,
    anonymous: Anonymous,
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

impl fmt::Debug for ProtectLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProtectLayer")
            .field("kinds", &self.guard.kinds)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for ProtectLayer {
    type Service = Protect<S>;

    fn layer(&self, inner: S) -> Protect<S> {
        Protect {
            inner,
            layer: self.clone(),
        }
    }
}

/// A service behind [`ProtectLayer`].
#[derive(Debug, Clone)]
pub struct Protect<S> {
    inner: S,
    layer: ProtectLayer,
}

impl<S, B> Service<Request<B>> for Protect<S>
where
    S: Service<Request<B>, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ProtectFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let guard = &*self.layer.guard;
        let found = guard.found(&mut request);
        // Most requests end here: there is nothing to wait for, and nothing is allocated to wait with.
        if let Some(caller) = guard.known(&found, &mut request) {
            let challenges = guard.challenges.of(&request).clone();
            let passed = match caller {
                Ok(caller) => guard.pass(Some(caller), challenges, &mut request),
                Err(rejection) => Err(rejection.response(&challenges).into()),
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
            let guard = &*layer.guard;
            let mut challenges = guard.challenges.of(&request).clone();
            if matches!(&presented, Ok(presented) if presented.kind() == Kind::Dpop) {
                challenges = challenges.of_bound();
            }
            let place = guard.places.of(&request);
            let (mut parts, body) = request.into_parts();
            let attempt = guard.limiter.attempt(&parts.extensions, &parts.headers);
            let presented = presented
                .and_then(|presented| guard.proven(presented, &mut parts, place, &attempt));
            request = Request::from_parts(parts, body);
            request.extensions_mut().remove::<Session>();
            let caller = match layer.admit(presented, &attempt).await {
                Ok(caller) => caller,
                Err(rejection) => return Ok(rejection.response(&challenges)),
            };
            match guard.pass(caller, challenges, &mut request) {
                Ok(()) => inner.call(request).await,
                Err(refused) => Ok(*refused),
            }
        }))
    }
}

impl ProtectLayer {
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
