//! Tokens that say nothing by themselves. Tests make them; whoever wants to know what they stand for asks.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::{digest, random};

/// What each stands for, by the hash of the token.
#[derive(Default)]
pub(crate) struct OpaqueTokens {
    inner: Mutex<BTreeMap<String, Value>>,
}

impl OpaqueTokens {
    pub(crate) fn insert(&self, claims: Value) -> String {
        let token = random::secret();
        self.lock().insert(digest::sha256(&token), claims);
        token
    }

    pub(crate) fn get(&self, token: &str) -> Option<Value> {
        self.lock().get(&digest::sha256(token)).cloned()
    }

    pub(crate) fn remove(&self, token: &str) {
        self.lock().remove(&digest::sha256(token));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Value>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
