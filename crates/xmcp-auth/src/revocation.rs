//! Tokens that ended before their time.

use std::time::Duration;

use futures_util::future::{BoxFuture, ready};

use crate::{Reason, Session, VerifyError};

/// How long a hook may think.
const LIMIT: Duration = Duration::from_secs(5);

/// Says whether a session was revoked: a list of token ids (`jti`), of users, or a question to somebody.
///
/// It is asked at every request, also for a token that was verified a moment ago, and before anything is done for the caller.
/// If it errs, or takes longer than 5 seconds, nobody can tell: the answer is `503`, never a session.
///
/// A function that answers at once is one:
///
/// ```
/// use std::{collections::HashSet, sync::RwLock};
/// use xmcp_auth::{Revocation, Session};
///
/// let revoked = RwLock::new(HashSet::from([String::from("tkn_1")]));
/// let hook = move |session: &Session| {
///     session.token_id().is_none_or(|id| revoked.read().is_ok_and(|revoked| revoked.contains(id)))
/// };
/// fn is_revocation(_: impl Revocation) {}
/// is_revocation(hook);
/// ```
pub trait Revocation: Send + Sync + 'static {
    /// Whether this session is over.
    fn is_revoked<'a>(
        &'a self,
        session: &'a Session,
    ) -> BoxFuture<'a, Result<bool, Box<dyn std::error::Error + Send + Sync>>>;
}

impl<F: Fn(&Session) -> bool + Send + Sync + 'static> Revocation for F {
    fn is_revoked<'a>(
        &'a self,
        session: &'a Session,
    ) -> BoxFuture<'a, Result<bool, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(ready(Ok(self(session))))
    }
}

/// Asks the hook, if there is one.
pub(crate) async fn check(
    hook: Option<&dyn Revocation>,
    session: &Session,
) -> Result<(), VerifyError> {
    let Some(hook) = hook else {
        return Ok(());
    };
    match tokio::time::timeout(LIMIT, hook.is_revoked(session)).await {
        Ok(Ok(false)) => return Ok(()),
        Ok(Ok(true)) => return Err(VerifyError::Invalid(Reason::Revoked)),
        Ok(Err(error)) => tracing::error!(%error, "the revocation hook failed"),
        Err(_) => tracing::error!(limit = ?LIMIT, "the revocation hook took too long"),
    }
    Err(VerifyError::Unavailable { retry_after: LIMIT })
}
