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
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::response::Response;
use futures_util::future::{BoxFuture, ready};
use http::{Request, request};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use crate::{
    Challenges, Reason, Rejection, Session, VerifyError,
    dpop::{self, NotSpent, Place, Proof, ProofChecker},
    limits::{Attempt, Limiter},
    presented::{self, Kind, Kinds, Presented},
    source::{self, Source},
    spelling::Spellings,
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

/// What decides. One for all requests of a resource.
pub(crate) struct Guard {
    /// Those who vouch for callers, in the order in which they are asked.
    pub(crate) sources: Vec<Source>,
    pub(crate) kinds: Kinds,
    /// What checks the proofs of tokens that are bound to a key, where such tokens are taken.
    pub(crate) proofs: Option<ProofChecker>,
    pub(crate) places: Spellings<Place>,
    pub(crate) challenges: Spellings<Challenges>,
    pub(crate) limiter: Limiter,
    pub(crate) includes_granted: bool,
    pub(crate) sign_in: Option<String>,
    pub(crate) sign_in_told: AtomicBool,
}

impl ProtectLayer {
    pub(crate) fn new(guard: Guard) -> Self {
        Self {
            guard: Arc::new(guard),
            anonymous: Anonymous::Refused,
        }
    }

    /// Lets requests without a credential through, without a session. What is behind then decides, and refuses with the
    /// [`Challenges`] in the request's extensions. A credential that is there must still be good.
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
        let presented = guard.presented(&mut request);
        // Most requests end here: there is nothing to wait for, and nothing is allocated to wait with.
        if let Some(caller) = guard.known(&presented, &mut request) {
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

pin_project! {
    /// The answer of a service behind [`ProtectLayer`], or the refusal.
    pub struct ProtectFuture<F> {
        #[pin]
        answer: Answer<F>,
    }
}

pin_project! {
    #[project = Projected]
    enum Answer<F> {
        /// The caller is known: whatever is behind answers.
        Behind { #[pin] answer: F },
        /// Somebody has to be asked first.
        Looking { answer: BoxFuture<'static, Result<Response, Infallible>> },
    }
}

impl<F> ProtectFuture<F> {
    fn behind(answer: F) -> Self {
        Self {
            answer: Answer::Behind { answer },
        }
    }

    fn looking(answer: BoxFuture<'static, Result<Response, Infallible>>) -> Self {
        Self {
            answer: Answer::Looking { answer },
        }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for ProtectFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answer.project() {
            Projected::Behind { answer } => answer.poll(context),
            Projected::Looking { answer } => answer.as_mut().poll(context),
        }
    }
}

impl<F> fmt::Debug for ProtectFuture<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProtectFuture")
            .finish_non_exhaustive()
    }
}

/// A session, and who vouches for it.
type Caller<'a> = (Session, &'a Source);

/// A credential, and the proof that came with it if it needs one.
type Proven = (Presented, Option<Proof>);

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

impl Guard {
    /// The credential of a request. It is gone from the request.
    fn presented<B>(&self, request: &mut Request<B>) -> Result<Presented, Rejection> {
        let is_named_twice = request.uri().query().is_some_and(presented::names_token);
        presented::take(request.headers_mut(), is_named_twice, &self.kinds)
    }

    /// The caller of a credential that the first of its sources verified a moment ago, if it may come now: what asking that source
    /// would say, without asking. Nothing of one that needs a proof.
    fn known<B>(
        &self,
        presented: &Result<Presented, Rejection>,
        request: &mut Request<B>,
    ) -> Option<Result<Caller<'_>, Rejection>> {
        let presented = presented.as_ref().ok()?;
        if presented.kind() == Kind::Dpop {
            return None;
        }
        let credential = presented.credential(None)?;
        // The others are asked when this one has refused, which it does not without a look.
        let source = self.sources_of(presented.kind()).next()?;
        let session = source.remembered(credential)?;
        let limiter = &self.limiter;
        limiter.succeeded(request.extensions(), request.headers(), credential);
        if self.proofs.is_some() {
            // Of no use without a token that needs it, and nobody else's business.
            let _ = dpop::take(request.headers_mut());
        }
        Some(match limiter.admit(&session) {
            Ok(()) => Ok((session, source)),
            Err(retry_after) => Err(Rejection::RateLimited { retry_after }),
        })
    }

    /// Puts the caller and what may be said to it into the request, unless it lacks a scope that every request needs.
    fn pass<B>(
        &self,
        caller: Option<Caller<'_>>,
        challenges: Challenges,
        request: &mut Request<B>,
    ) -> Result<(), Box<Response>> {
        let challenges = match &caller {
            Some((session, _)) if self.includes_granted => challenges.repeating(session.scopes()),
            _ => challenges,
        };
        if let Some((session, source)) = caller {
            if let Err(rejection) = source.check_scopes(&session) {
                let mut response = rejection.response(&challenges);
                response.extensions_mut().insert(session);
                return Err(Box::new(response));
            }
            request.extensions_mut().insert(session);
        }
        request.extensions_mut().insert(challenges);
        Ok(())
    }

    /// The credential with its proof, if it is of a kind that needs one. The proof is gone from the request in any case.
    fn proven(
        &self,
        presented: Presented,
        parts: &mut request::Parts,
        place: &Place,
        attempt: &Attempt<'_>,
    ) -> Result<Proven, Rejection> {
        let Some(proofs) = &self.proofs else {
            return Ok((presented, None));
        };
        let headers = dpop::take(&mut parts.headers);
        if presented.kind() != Kind::Dpop {
            return Ok((presented, None));
        }
        // A signature is the dearest thing to look at, and here a stranger brings the key as well.
        if let Some(retry_after) = attempt.wait(Some(presented.unproven())) {
            return Err(Rejection::RateLimited { retry_after });
        }
        let proof = headers
            .and_then(|proof| {
                let (method, path) = (&parts.method, parts.uri.path());
                proofs.check(&proof, method, path, place, presented.text())
            })
            .map_err(|error| {
                tracing::debug!(%error, "refused a DPoP proof");
                attempt.failed(None);
                Rejection::InvalidProof
            })?;
        Ok((presented, Some(proof)))
    }

    /// Marks a proof as used, now that its token was found good.
    fn spend(&self, proof: Option<&Proof>, caller: &Session) -> Result<(), Rejection> {
        let (Some(proofs), Some(proof)) = (&self.proofs, proof) else {
            return Ok(());
        };
        proofs.spend(proof, caller).map_err(|error| match error {
            NotSpent::Replayed => {
                tracing::debug!("refused a DPoP proof: it was used before");
                Rejection::InvalidProof
            }
            NotSpent::Full { retry_after } => {
                tracing::warn!(
                    user = caller.user_id(),
                    "refused a DPoP proof: there is no place to remember it"
                );
                Rejection::Unavailable { retry_after }
            }
        })
    }

    /// The caller by the first source that accepts the credential. It may still lack a scope.
    async fn caller(
        &self,
        presented: &Presented,
        proof: Option<&Proof>,
        attempt: &Attempt<'_>,
    ) -> Result<Caller<'_>, Rejection> {
        let caller = self.verified(presented, proof, attempt).await?;
        self.spend(proof, &caller.0)?;
        match self.limiter.admit(&caller.0) {
            Ok(()) => Ok(caller),
            Err(retry_after) => Err(Rejection::RateLimited { retry_after }),
        }
    }

    async fn verified(
        &self,
        presented: &Presented,
        proof: Option<&Proof>,
        attempt: &Attempt<'_>,
    ) -> Result<Caller<'_>, Rejection> {
        let credential = presented.credential(proof).ok_or(Rejection::InvalidProof)?;
        if attempt.is_used_up() {
            let mut sources = self.sources_of(presented.kind());
            let remembered =
                sources.find_map(|source| Some((source.remembered(credential)?, source)));
            if let Some(caller) = remembered {
                attempt.succeeded(credential);
                return Ok(caller);
            }
            if let Some(retry_after) = attempt.wait(Some(credential)) {
                return Err(Rejection::RateLimited { retry_after });
            }
        }
        let mut refusal: Option<VerifyError> = None;
        for source in self.sources_of(presented.kind()) {
            match source.session(credential).await {
                Ok(session) => {
                    attempt.succeeded(credential);
                    return Ok((session, source));
                }
                Err(error) => {
                    source.tell_of(&error);
                    // Who knows it and took it back is not to be overruled by one who was not told.
                    if matches!(error, VerifyError::Invalid(Reason::Revoked)) {
                        refusal = Some(error);
                        break;
                    }
                    refusal = Some(match refusal {
                        Some(earlier) => source::stricter(earlier, error),
                        None => error,
                    });
                }
            }
        }
        if let Some(VerifyError::Invalid(_)) = &refusal {
            attempt.failed(Some(credential));
        }
        // Every kind that is read has a source that takes it.
        Err(refusal.map_or(Rejection::Missing, |error| Rejection::from(&error)))
    }

    fn sources_of(&self, kind: Kind) -> impl Iterator<Item = &Source> {
        self.sources.iter().filter(move |source| source.takes(kind))
    }

    fn tell(&self, rejection: &Rejection) {
        match rejection {
            Rejection::Missing => {
                tracing::debug!("refused a request without a token");
                if let Some(words) = &self.sign_in
                    && !self.sign_in_told.swap(true, Ordering::Relaxed)
                {
                    tracing::info!("{words}");
                }
            }
            Rejection::Ambiguous => tracing::debug!("refused a request with two credentials"),
            // Told where the reason is known.
            Rejection::InvalidProof | Rejection::RateLimited { .. } => {}
            _ => tracing::debug!("refused a credential that has not the form of a token"),
        }
    }
}
