//! The keys of a verifier: those that somebody publishes, or one that configuration holds.

use std::sync::Arc;

use super::{Key, KeySource, NoKey};
use crate::Algorithm;

/// Where a verifier gets a token's key.
#[derive(Debug)]
pub(crate) enum Supply {
    /// From those who publish them.
    Published(KeySource),
    /// There is one, and it stays.
    Fixed(Arc<Key>),
}

impl Supply {
    /// The keys that may have signed a token whose header says this.
    pub(crate) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<Key>>, NoKey> {
        match self {
            Self::Published(source) => source.find(id, algorithm).await,
            Self::Fixed(key) => match (key.id(), id) {
                // A name that one side does not know says nothing.
                (Some(ours), Some(theirs)) if ours != theirs => Err(NoKey::Unknown),
                _ => Ok(vec![Arc::clone(key)]),
            },
        }
    }
}
