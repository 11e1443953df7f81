//! One of those who vouch for callers: which credentials it takes, how it judges them, and on what terms.

use std::sync::Arc;

use http::HeaderName;

use crate::{
    Credential, Dpop, Problem, Reason, Rejection, ScopeMatcher, ScopeSet, Session, Verifier,
    VerifyError,
    exchange::{Delegation, Exchanger},
    presented::{Found, Kind, Kinds},
};

/// Makes the verifier of a resource that is known by these identifiers.
pub(crate) type MakeVerifier =
    Box<dyn FnOnce(&[String]) -> Result<Arc<dyn Verifier>, Problem> + Send + Sync>;

/// Says of a refused credential what to do about it, for the log.
pub(crate) type Remedy = Arc<dyn Fn(&Reason) -> Option<String> + Send + Sync>;

/// The scopes that a caller has beside those of its token.
pub(crate) type Grants = Arc<dyn Fn(&Session) -> ScopeSet + Send + Sync>;

/// What a source takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Access tokens.
    Tokens,
    /// Keys of applications, in this header or after `Authorization: ApiKey`.
    Keys(HeaderName),
}

/// A source as configuration has it. `V` is how its verifier is made, or the verifier.
pub(crate) struct Source<V = Arc<dyn Verifier>> {
    pub(crate) takes: Takes,
    /// Whether its tokens may be bound to a key.
    pub(crate) dpop: Option<Dpop>,
    pub(crate) verifier: V,
    pub(crate) required_scopes: ScopeSet,
    pub(crate) matcher: ScopeMatcher,
    pub(crate) grants: Option<Grants>,
    /// What makes tokens for other services of its callers' tokens.
    pub(crate) exchanger: Option<Arc<Exchanger>>,
    pub(crate) remedy: Option<Remedy>,
}

impl<V> Source<V> {
    pub(crate) fn new(takes: Takes, verifier: V) -> Self {
        Self {
            takes,
            dpop: None,
            verifier,
            required_scopes: ScopeSet::default(),
            matcher: ScopeMatcher::exact(),
            grants: None,
            exchanger: None,
            remedy: None,
        }
    }

    pub(crate) fn takes(&self, kind: Kind) -> bool {
        match self.takes {
            Takes::Tokens => match kind {
                Kind::Bearer => !self.dpop.as_ref().is_some_and(Dpop::is_required),
                Kind::Dpop => self.dpop.is_some(),
                Kind::ApiKey => false,
            },
            Takes::Keys(_) => kind == Kind::ApiKey,
        }
    }

    /// Takes what this source takes as well.
    pub(crate) fn add_to(&self, kinds: &mut Kinds) {
        kinds.bearer |= self.takes(Kind::Bearer);
        kinds.dpop |= self.takes(Kind::Dpop);
        match &self.takes {
            Takes::Keys(header) if !kinds.key_headers.contains(header) => {
                kinds.key_headers.push(header.clone());
            }
            _ => {}
        }
    }
}

impl Source<MakeVerifier> {
    /// Ready for a resource that is known by these identifiers, every request to which needs these scopes too.
    pub(crate) fn ready(
        self,
        identifiers: &[String],
        required_scopes: &ScopeSet,
    ) -> Result<Source, Problem> {
        Ok(Source {
            verifier: (self.verifier)(identifiers)?,
            required_scopes: self.required_scopes.with(required_scopes),
            takes: self.takes,
            dpop: self.dpop,
            matcher: self.matcher,
            grants: self.grants,
            exchanger: self.exchanger,
            remedy: self.remedy,
        })
    }
}

impl Source {
    /// The caller, who may still lack a scope.
    pub(crate) async fn session(&self, credential: Credential<'_>) -> Result<Session, VerifyError> {
        let session = self.verifier.verify(credential).await?;
        // Whatever the verifier thinks of it: a bound token without its key, or a key without a bound token, is nobody's.
        credential.check_binding(session.confirmation())?;
        Ok(self.on_terms(session, || Some(credential)))
    }

    /// The caller of what stands in the place of a credential, if that was verified a moment ago. None of what needs a proof.
    pub(crate) fn known(&self, found: &Found) -> Option<Session> {
        if !self.verifier.compares_digests() {
            let credential = found.unproven().filter(|_| found.has_form());
            return self.remembered(credential?);
        }
        let session = self.verifier.remembered_bytes(found.bearer()?)?;
        let is_bound = session.confirmation().is_some();
        (!is_bound).then(|| self.on_terms(session, || found.unproven()))
    }

    /// The caller of a credential that was verified a moment ago.
    pub(crate) fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        let session = self.verifier.remembered(credential)?;
        credential.check_binding(session.confirmation()).ok()?;
        Some(self.on_terms(session, || Some(credential)))
    }

    fn on_terms<'a>(
        &self,
        session: Session,
        credential: impl FnOnce() -> Option<Credential<'a>>,
    ) -> Session {
        let mut session = session.matching(self.matcher.clone());
        if let Some(exchanger) = &self.exchanger
            && let Some(credential) = credential().filter(|credential| credential.token().is_some())
        {
            session = session.delegating(Delegation::new(exchanger, credential));
        }
        match &self.grants {
            Some(grants) => {
                let granted = grants(&session);
                session.granted(&granted)
            }
            None => session,
        }
    }

    /// Whether the session has what every request needs.
    pub(crate) fn check_scopes(&self, session: &Session) -> Result<(), Rejection> {
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

    pub(crate) fn tell_of(&self, error: &VerifyError) {
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

/// The refusal that counts where several refused: nobody can tell whether one that was not to be had would have accepted, and a
/// token that was good once is to be refreshed, not thrown away.
pub(crate) fn stricter(one: VerifyError, other: VerifyError) -> VerifyError {
    let rank = |error: &VerifyError| match error {
        VerifyError::Unavailable { .. } => 2,
        VerifyError::Expired => 1,
        VerifyError::Invalid(_) => 0,
    };
    if rank(&other) > rank(&one) {
        other
    } else {
        one
    }
}
