//! What decides who is let in. It says nothing of how that is answered; that is [`crate::middleware`]'s.

use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, request};

use crate::{
    Carrier, Challenges, Reason, Rejection, Session, VerifyError,
    dpop::{self, NotSpent, Place, Proof, ProofChecker},
    limits::{Attempt, Limiter},
    presented::{self, Found, Kind, Kinds, Presented},
    source::{self, Source},
    spelling::Spellings,
};

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

/// A session, and who vouches for it.
pub(crate) type Caller<'a> = (Session, &'a Source);

/// A credential, and the proof that came with it if it needs one.
pub(crate) type Proven = (Presented, Option<Proof>);

impl Guard {
    /// What stands in the place of a request's credential. It is gone from the request.
    pub(crate) fn found<B>(&self, request: &mut Request<B>) -> Result<Found, Rejection> {
        let is_named_twice = request.uri().query().is_some_and(presented::names_token);
        presented::take(request.headers_mut(), is_named_twice, &self.kinds)
    }

    /// The caller of a credential that the first of its sources verified a moment ago, if it may come now: what asking that source
    /// would say, without asking. Nothing of one that needs a proof.
    pub(crate) fn known<B, C: Carrier<B>>(
        &self,
        found: &Result<Found, Rejection>,
        request: &mut Request<B>,
    ) -> Option<Result<Caller<'_>, Rejection>> {
        let found = found.as_ref().ok()?;
        // The others are asked when this one has refused, which it does not without a look.
        let source = self.sources_of(found.kind()).next()?;
        let session = source.known(found)?;
        if !self.limiter.are_all_clear()
            && let Some(credential) = found.unproven()
        {
            let attempt = self.limiter.attempt(C::peer(request), request.headers());
            attempt.succeeded(credential);
        }
        if self.proofs.is_some() {
            // Of no use without a token that needs it, and nobody else's business.
            let _ = dpop::take(request.headers_mut());
        }
        Some(match self.limiter.admit(&session) {
            Ok(()) => Ok((session, source)),
            Err(retry_after) => Err(Rejection::RateLimited { retry_after }),
        })
    }

    /// The credential with its proof, if it is of a kind that needs one. The proof is gone from the request in any case.
    pub(crate) fn proven(
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
    pub(crate) async fn caller(
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

    pub(crate) fn tell(&self, rejection: &Rejection) {
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
