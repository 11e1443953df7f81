//! Verifies keys: those that are configured, then those of the validator; then revocation.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use super::{
    ApiKeyConfig, KeyValidator,
    digest::KeyDigest,
    key::{LONGEST, SHORTEST},
    key_set::KeySet,
};
use crate::{
    Credential, Reason, Revocation, Secret, Session, Verifier, VerifyError,
    fingerprint::Fingerprint,
    inquiry::{Inquiry, Verdict},
    revocation,
};

/// How long a validator may think.
const VALIDATION: Duration = Duration::from_secs(5);

pub(super) struct KeyVerifier {
    keys: KeySet,
    validator: Option<Arc<dyn KeyValidator>>,
    inquiry: Arc<Inquiry>,
    revocation: Option<Box<dyn Revocation>>,
}

impl KeyVerifier {
    pub(super) fn new(config: ApiKeyConfig) -> Self {
        Self {
            keys: KeySet::new(config.keys, Arc::clone(&config.clock)),
            validator: config.validator,
            inquiry: Arc::new(Inquiry::new(config.cache, config.clock)),
            revocation: config.revocation,
        }
    }

    async fn session(&self, credential: Credential<'_>) -> Result<Session, VerifyError> {
        let key = credential
            .api_key()
            .ok_or(VerifyError::Invalid(Reason::Malformed))?;
        let session = match self.keys.find(&KeyDigest::of(key)) {
            Some(session) => session,
            None => self.validated(key).await?,
        };
        revocation::check(self.revocation.as_deref(), &session).await?;
        Ok(session)
    }

    async fn validated(&self, key: &str) -> Verdict {
        let Some(validator) = self
            .validator
            .as_ref()
            .filter(|_| (SHORTEST..=LONGEST).contains(&key.len()))
        else {
            return Err(VerifyError::Invalid(Reason::Unknown));
        };
        let ask = || validate(Arc::clone(validator), Secret::new(key));
        self.inquiry.verdict(Fingerprint::of(key), ask).await
    }
}

async fn validate(validator: Arc<dyn KeyValidator>, key: Secret) -> Verdict {
    match tokio::time::timeout(VALIDATION, validator.validate(key)).await {
        Ok(Ok(Some(session))) => return Ok(session),
        Ok(Ok(None)) => return Err(VerifyError::Invalid(Reason::Unknown)),
        Ok(Err(error)) => tracing::error!(%error, "the validator of API keys failed"),
        Err(_) => {
            tracing::error!(limit = ?VALIDATION, "the validator of API keys took too long");
        }
    }
    Err(VerifyError::Unavailable {
        retry_after: VALIDATION,
    })
}

impl Verifier for KeyVerifier {
    fn verify<'a>(
        &'a self,
        credential: Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(self.session(credential))
    }

    fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        // Whether a key was revoked cannot be asked without waiting.
        if self.revocation.is_some() {
            return None;
        }
        let key = credential.api_key()?;
        self.keys
            .remembered(&KeyDigest::of(key))
            .or_else(|| self.inquiry.remembered(&Fingerprint::of(key)))
    }
}

impl fmt::Debug for KeyVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KeyVerifier")
            .finish_non_exhaustive()
    }
}
