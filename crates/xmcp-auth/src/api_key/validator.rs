//! Keys that somebody else knows.

use futures_util::future::BoxFuture;

use crate::{Secret, Session};

/// Says whose key it is: a look into a database, or a question to somebody.
///
/// A function that takes the key as a [`Secret`] is one; see [`ApiKeyConfig::validator`](super::ApiKeyConfig::validator). None is for
/// a key that nobody has. An error is for a question that could not be answered: `503`, and never a session.
pub trait KeyValidator: Send + Sync + 'static {
    /// The session of the holder of this key, if there is one.
    fn validate(
        &self,
        key: Secret,
    ) -> BoxFuture<'static, Result<Option<Session>, Box<dyn std::error::Error + Send + Sync>>>;
}

impl<F, A> KeyValidator for F
where
    F: Fn(Secret) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Option<Session>, Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + 'static,
{
    fn validate(
        &self,
        key: Secret,
    ) -> BoxFuture<'static, Result<Option<Session>, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(self(key))
    }
}
