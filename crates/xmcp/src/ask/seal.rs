//! What a client carries from one round of a call to the next, sealed (2026-07-28 basic/patterns/mrtr, "Server Requirements").
//!
//! 1. A client can neither read nor change it: AES-256-GCM-SIV, under keys derived from `XMCP_STATE_KEY`.
//! 2. It opens for the request that it was made for, and for no other: method, name, arguments and caller are bound to it.
//! 3. It opens for some minutes only.
//! 4. The first key seals and every key opens, so keys can be changed without anybody noticing.
//! 5. It is bounded in size before anything is done with it.
//!
//! It does not open once only: that would take a memory that all replicas share. Without `XMCP_STATE_KEY` the key is random, so other
//! replicas, and this one after a restart, open none of it.

#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    aead::{AES_256_GCM_SIV, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    error::Unspecified,
    hkdf::{HKDF_SHA256, Salt},
    rand,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use xmcp_config::env::STATE_KEY;

use super::{Binding, Carried};

/// The largest sealed text, in bytes. A client sends it with every round.
const LARGEST: usize = 128 * 1024;
/// What a key is derived from must be at least so long, in bytes.
const SHORTEST_SECRET: usize = 32;
const KEY_LENGTH: usize = 32;
/// The first byte of what is sealed this way.
const VERSION: u8 = 1;

/// The keys of a server, and how long what they seal is good for.
pub(crate) struct Seal {
    /// Those of `XMCP_STATE_KEY`. The first one seals.
    given: Vec<RandomizedNonceKey>,
    /// What seals where none is given. It is made when something is first sealed: the first random bytes of a process
    /// take tens of milliseconds, and most servers never ask anybody anything.
    random: OnceLock<RandomizedNonceKey>,
    lifetime: Duration,
    /// Whether to say once that nobody set the key.
    warns: AtomicBool,
}

/// Why a state could not be made or opened. For the log: a stranger learns only that it did not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    #[error("it is longer than {LARGEST} bytes")]
    TooLarge,
    #[error("it was changed, or belongs to another request, caller or key")]
    Foreign,
    #[error("it has expired")]
    Expired,
    #[error("the system's cryptography failed")]
    System,
}

impl From<Unspecified> for SealError {
    fn from(_: Unspecified) -> Self {
        Self::System
    }
}

/// Who says that a key is only random.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// There may be other replicas, and there will be restarts.
    Once,
    /// One process speaks to one client: no key is needed.
    Never,
}

impl Seal {
    /// The keys of `XMCP_STATE_KEY`, else a random one. The error is for the person who starts the server.
    pub(crate) fn from_environment(lifetime: Duration, warning: Warning) -> Result<Self, String> {
        let secrets = std::env::var(STATE_KEY).unwrap_or_default();
        Self::new(&secrets, lifetime, warning)
    }

    /// The keys of secrets that are separated by commas.
    fn new(secrets: &str, lifetime: Duration, warning: Warning) -> Result<Self, String> {
        let secrets: Vec<&str> = secrets
            .split(',')
            .map(str::trim)
            .filter(|secret| !secret.is_empty())
            .collect();
        if let Some(short) = secrets
            .iter()
            .position(|secret| secret.len() < SHORTEST_SECRET)
        {
            // Never the secret itself.
            return Err(format!(
                "environment variable `{STATE_KEY}`: secret {} of {} is shorter than {SHORTEST_SECRET} bytes: make one with \
                 `openssl rand -base64 32`",
                short + 1,
                secrets.len()
            ));
        }
        let given: Result<Vec<_>, Unspecified> = secrets
            .into_iter()
            .map(|secret| derived(secret.as_bytes()))
            .collect();
        let given = given.map_err(|_| "the system's cryptography failed".to_owned())?;
        Ok(Self {
            warns: AtomicBool::new(given.is_empty() && warning == Warning::Once),
            given,
            random: OnceLock::new(),
            lifetime,
        })
    }

    /// The key that seals.
    fn key(&self) -> Result<&RandomizedNonceKey, Unspecified> {
        if let Some(key) = self.keys().next() {
            return Ok(key);
        }
        let mut secret = [0; KEY_LENGTH];
        rand::fill(&mut secret)?;
        let key = derived(&secret)?;
        Ok(self.random.get_or_init(|| key))
    }

    /// The keys that open. Without any, nothing was sealed yet.
    fn keys(&self) -> impl Iterator<Item = &RandomizedNonceKey> {
        self.given.iter().chain(self.random.get())
    }

    /// The text that a client brings back with the same request.
    pub(crate) fn seal(
        &self,
        carried: &Carried,
        binding: &Binding<'_>,
    ) -> Result<String, SealError> {
        if self.warns.swap(false, Ordering::Relaxed) {
            tracing::warn!(
                "`{STATE_KEY}` is not set, so what clients carry from one round of a call to the next is sealed with a random key: \
                 set it to the same secret in all replicas, for calls to go on in another one and after a restart"
            );
        }
        self.seal_until(carried, binding, SystemTime::now() + self.lifetime)
    }

    fn seal_until(
        &self,
        carried: &Carried,
        binding: &Binding<'_>,
        end: SystemTime,
    ) -> Result<String, SealError> {
        let mut sealed = seconds(end).to_be_bytes().to_vec();
        serde_json::to_writer(&mut sealed, carried).map_err(|_| SealError::System)?;
        let nonce = self
            .key()?
            .seal_in_place_append_tag(Aad::from(binding.bytes()), &mut sealed)?;
        let mut whole = vec![VERSION];
        whole.extend_from_slice(nonce.as_ref());
        whole.append(&mut sealed);
        let text = BASE64_URL_SAFE_NO_PAD.encode(whole);
        if text.len() > LARGEST {
            return Err(SealError::TooLarge);
        }
        Ok(text)
    }

    /// What was sealed for this request, if the text is that.
    pub(crate) fn open(&self, text: &str, binding: &Binding<'_>) -> Result<Carried, SealError> {
        if text.len() > LARGEST {
            return Err(SealError::TooLarge);
        }
        let whole = BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| SealError::Foreign)?;
        let Some((&VERSION, rest)) = whole.split_first() else {
            return Err(SealError::Foreign);
        };
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Foreign)?;
        let bound = binding.bytes();
        let opened = self.keys().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut sealed = sealed.to_vec();
            let opened = key
                .open_in_place(nonce, Aad::from(&bound), &mut sealed)
                .ok()?;
            Some(opened.to_vec())
        });
        let opened = opened.ok_or(SealError::Foreign)?;
        let (end, carried) = opened.split_first_chunk().ok_or(SealError::Foreign)?;
        if u64::from_be_bytes(*end) < seconds(SystemTime::now()) {
            return Err(SealError::Expired);
        }
        serde_json::from_slice(carried).map_err(|_| SealError::Foreign)
    }
}

/// A key of a secret of any length, for this purpose alone.
fn derived(secret: &[u8]) -> Result<RandomizedNonceKey, Unspecified> {
    let mut key = [0; KEY_LENGTH];
    Salt::new(HKDF_SHA256, b"xmcp request state")
        .extract(secret)
        .expand(&[b"AES-256-GCM-SIV"], HKDF_SHA256)?
        .fill(&mut key)?;
    RandomizedNonceKey::new(&AES_256_GCM_SIV, &key)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Seal")
            .field("given", &self.given.len())
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
