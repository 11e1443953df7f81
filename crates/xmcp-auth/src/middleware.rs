//! The layer before protected routes.
//!
//! 1. It stands on routes, looks at headers and at nothing else: no path, no method, no body. Whatever is behind it needs a session.
//! 2. The body of a refused request is never read.
//! 3. What gets through carries the [`Session`](crate::Session) in its extensions and no `Authorization` header.
//! 4. The client gets the coarse reason, the log the exact one.
//!
//! Answers to CORS preflights belong before this layer, for preflights carry no token.

use std::{
    convert::Infallible,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::response::Response;
use futures_util::future::BoxFuture;
use http::Request;
use tower::{Layer, Service};

use crate::{
    Challenges, Reason, Rejection, ScopeMatcher, ScopeSet, Session, Verifier, VerifyError,
    bearer::{self, Token},
    spelling::Spellings,
};

/// Refuses every request without a good token, and puts the [`Session`] into the extensions of the others.
///
/// Made by [`Provider::protect`](crate::Provider::protect); for [`Router::layer`](axum::Router::layer) and its like.
#[derive(Clone)]
pub struct ProtectLayer {
    guard: Arc<Guard>,
    anonymous: Anonymous,
}

/// What becomes of requests that carry no token.
#[derive(Clone, Copy, PartialEq)]
enum Anonymous {
    Refused,
    Admitted,
}

/// Says of a refused token what to do about it, for the log.
pub(crate) type Remedy = Arc<dyn Fn(&Reason) -> Option<String> + Send + Sync>;

/// What decides. One for all requests of a resource.
pub(crate) struct Guard {
    pub(crate) verifier: Arc<dyn Verifier>,
    pub(crate) challenges: Spellings<Challenges>,
    pub(crate) required_scopes: ScopeSet,
    pub(crate) includes_granted: bool,
    pub(crate) matcher: ScopeMatcher,
    pub(crate) remedy: Option<Remedy>,
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

    /// Lets requests without a token through, without a session. What is behind then decides, and refuses with the
    /// [`Challenges`] in the request's extensions. A token that is there must still be good.
    #[must_use]
    pub fn admit_anonymous(mut self) -> Self {
        self.anonymous = Anonymous::Admitted;
        self
    }
}

impl fmt::Debug for ProtectLayer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProtectLayer")
            .field("required_scopes", &self.guard.required_scopes)
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
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        // The one that was polled is the one that is ready.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let layer = self.layer.clone();
        Box::pin(async move {
            let mut challenges = layer.guard.challenges.of(&request).clone();
            let (mut parts, body) = request.into_parts();
            let token = bearer::take(&mut parts.headers, parts.uri.query());
            request = Request::from_parts(parts, body);
            request.extensions_mut().remove::<Session>();
            let session = match layer.admit(token).await {
                Ok(session) => session,
                Err(rejection) => return Ok(rejection.response(&challenges)),
            };
            if let Some(session) = session {
                if layer.guard.includes_granted {
                    challenges = challenges.repeating(session.scopes());
                }
                if let Err(rejection) = layer.guard.check_scopes(&session) {
                    return Ok(rejection.response(&challenges));
                }
                request.extensions_mut().insert(session);
            }
            request.extensions_mut().insert(challenges);
            inner.call(request).await
        })
    }
}

impl ProtectLayer {
    /// The caller, or nobody where nobody may come in too.
    async fn admit(&self, token: Result<Token, Rejection>) -> Result<Option<Session>, Rejection> {
        match token {
            Ok(token) => self.guard.session(&token).await.map(Some),
            Err(Rejection::Missing) if self.anonymous == Anonymous::Admitted => Ok(None),
            Err(rejection) => {
                self.guard.tell(&rejection);
                Err(rejection)
            }
        }
    }
}

impl Guard {
    async fn session(&self, token: &Token) -> Result<Session, Rejection> {
        match self.verifier.verify(token.as_str()).await {
            Ok(session) => Ok(session.matching(self.matcher.clone())),
            Err(error) => {
                self.tell_of(&error);
                Err(Rejection::from(&error))
            }
        }
    }

    /// Whether the session has what every request needs.
    fn check_scopes(&self, session: &Session) -> Result<(), Rejection> {
        if self
            .required_scopes
            .iter()
            .all(|scope| session.has_scope(scope))
        {
            return Ok(());
        }
        tracing::debug!(required = %self.required_scopes, "refused a token that lacks a scope that every request needs");
        Err(Rejection::InsufficientScope(self.required_scopes.clone()))
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
            _ => tracing::debug!("refused a credential that has not the form of a token"),
        }
    }

    fn tell_of(&self, error: &VerifyError) {
        match error {
            VerifyError::Invalid(reason) => {
                match self.remedy.as_ref().and_then(|remedy| remedy(reason)) {
                    Some(remedy) => tracing::warn!("refused a token: {remedy}"),
                    None => tracing::debug!(%reason, "refused a token"),
                }
            }
            VerifyError::Expired => tracing::debug!("refused a token that is over"),
            VerifyError::Unavailable { retry_after } => {
                // The verifier warns once of what it lacks; strangers could fill the log with this.
                tracing::debug!(?retry_after, "cannot verify tokens now");
            }
        }
    }
}
