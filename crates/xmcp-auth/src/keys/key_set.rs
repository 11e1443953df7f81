//! The keys of one authorization server, as far as they are of use.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Key;
use crate::{Algorithm, json};

/// More keys than any issuer has.
const MAX_KEYS: usize = 64;

/// Keys of one id that are tried on a token; the names should be distinct (RFC 7517, section 4.5).
const MAX_NAMESAKES: usize = 4;

/// Keys fit for use, at least one.
#[derive(Debug, PartialEq)]
pub(crate) struct KeySet {
    keys: Vec<Arc<Key>>,
    skipped: usize,
}

/// Why a document is no key set that one could use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum KeySetError {
    #[error("the key set is not an object with a list of `keys`")]
    Shape,
    #[error("the key set has {0} keys, and {MAX_KEYS} is the limit")]
    TooMany(usize),
    #[error("none of the {0} keys in the key set can verify a token here")]
    NoneFit(usize),
}

/// What a set has for a token.
#[derive(Debug)]
pub(crate) enum Found {
    /// These may have signed it.
    Keys(Vec<Arc<Key>>),
    /// No key has this id.
    Unknown,
    /// A key has this id and is for other algorithms, or there is no id and no single key to take.
    Unfit,
}

impl KeySet {
    pub(crate) fn parse(document: &[u8], allowed: &[Algorithm]) -> Result<Self, KeySetError> {
        #[derive(Deserialize)]
        struct Document<'a> {
            #[serde(borrow)]
            keys: Vec<&'a RawValue>,
        }
        let Document { keys: members } =
            serde_json::from_slice(document).map_err(|_| KeySetError::Shape)?;
        let count = members.len();
        if count > MAX_KEYS {
            return Err(KeySetError::TooMany(count));
        }
        let mut keys: Vec<Arc<Key>> = Vec::new();
        for (index, member) in members.into_iter().enumerate() {
            let Some(member) = json::object(member.get().as_bytes()) else {
                tracing::debug!(
                    index,
                    "a key of the key set is skipped: not an object, or one with a member twice"
                );
                continue;
            };
            match Key::parse(member, allowed) {
                Ok(key) if !keys.iter().any(|known| **known == key) => keys.push(Arc::new(key)),
                Ok(_) => {
                    tracing::debug!(index, "a key of the key set is skipped: it is there twice")
                }
                Err(unfit) => tracing::debug!(index, %unfit, "a key of the key set is skipped"),
            }
        }
        match keys.len() {
            0 => Err(KeySetError::NoneFit(count)),
            fit => Ok(Self {
                keys,
                skipped: count - fit,
            }),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// How many members of the document are not used.
    pub(crate) fn skipped(&self) -> usize {
        self.skipped
    }

    /// The keys that may have signed a token whose header says this. Without an id, only a single key will do.
    pub(crate) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Found {
        let fit = self.keys.iter().filter(|key| key.is_for(algorithm));
        let Some(id) = id else {
            let keys: Vec<_> = fit.cloned().collect();
            return match keys.len() {
                1 => Found::Keys(keys),
                _ => Found::Unfit,
            };
        };
        let keys: Vec<_> = fit
            .filter(|key| key.id() == Some(id))
            .take(MAX_NAMESAKES)
            .cloned()
            .collect();
        if !keys.is_empty() {
            Found::Keys(keys)
        } else if self.keys.iter().any(|key| key.id() == Some(id)) {
            Found::Unfit
        } else {
            Found::Unknown
        }
    }
}
