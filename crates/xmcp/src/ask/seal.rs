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

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
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
    /// The first one seals.
    keys: Vec<RandomizedNonceKey>,
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
        let random = secrets.is_empty();
        let keys: Result<Vec<_>, Unspecified> = if random {
            let mut secret = [0; KEY_LENGTH];
            rand::fill(&mut secret)
                .and_then(|()| derived(&secret))
                .map(|key| vec![key])
        } else {
            secrets
                .into_iter()
                .map(|secret| derived(secret.as_bytes()))
                .collect()
        };
        Ok(Self {
            keys: keys.map_err(|_| "the system's cryptography failed".to_owned())?,
            lifetime,
            warns: AtomicBool::new(random && warning == Warning::Once),
        })
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
        let key = self.keys.first().ok_or(SealError::System)?;
        let nonce = key.seal_in_place_append_tag(Aad::from(binding.bytes()), &mut sealed)?;
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
        let opened = self.keys.iter().find_map(|key| {
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
            .field("keys", &self.keys.len())
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use serde_json::{Map, json};

    use super::*;

    const MINUTES: Duration = Duration::from_secs(600);
    const OLD: &str = "an old secret of thirty-two bytes or more";
    const NEW: &str = "a new secret of thirty-two bytes or more";

    fn seal(secrets: &str) -> Seal {
        Seal::new(secrets, MINUTES, Warning::Never).unwrap()
    }

    fn binding() -> Binding<'static> {
        Binding {
            method: "tools/call",
            name: "order",
            arguments: Some(br#"{"a":1,"b":[2]}"#),
            caller: Some(("https://issuer.example", "usr_1")),
        }
    }

    fn carried() -> Carried {
        Carried {
            answers: Map::from_iter([("size".to_owned(), json!({ "action": "decline" }))]),
            state: Some(json!({ "step": 2 })),
        }
    }

    #[test]
    fn what_was_sealed_opens_for_the_same_request_and_shows_nothing() {
        let seal = seal(NEW);
        let text = seal.seal(&carried(), &binding()).unwrap();
        assert_eq!(seal.open(&text, &binding()), Ok(carried()));
        let again = seal.seal(&carried(), &binding()).unwrap();
        assert_ne!(text, again, "two states look alike");
        let raw = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
        assert!(!raw.windows(4).any(|bytes| bytes == b"step"));
    }

    /// 2026-07-28 basic/patterns/mrtr, "Server Requirements", 4: state that fails verification is rejected.
    #[test]
    fn no_byte_of_it_can_be_changed() {
        let seal = seal(NEW);
        let text = seal.seal(&carried(), &binding()).unwrap();
        let whole = BASE64_URL_SAFE_NO_PAD.decode(&text).unwrap();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            let changed = BASE64_URL_SAFE_NO_PAD.encode(changed);
            assert_eq!(
                seal.open(&changed, &binding()),
                Err(SealError::Foreign),
                "byte {place}"
            );
        }
        for changed in [
            format!("{text}-TAMPERED"),
            text[..text.len() - 2].to_owned(),
            text.replace(char::is_alphanumeric, "A"),
            String::new(),
            "AQ".to_owned(),
            "not base64!".to_owned(),
        ] {
            assert_eq!(
                seal.open(&changed, &binding()),
                Err(SealError::Foreign),
                "{changed}"
            );
        }
    }

    /// The same, 5: another request or principal is rejected.
    #[test]
    fn it_opens_for_no_other_request_and_no_other_caller() {
        let seal = seal(NEW);
        let text = seal.seal(&carried(), &binding()).unwrap();
        let same = Binding {
            arguments: Some(br#"{ "b": [2], "a": 1 }"#),
            ..binding()
        };
        assert_eq!(
            seal.open(&text, &same),
            Ok(carried()),
            "the order of members says nothing"
        );
        let others = [
            Binding {
                method: "prompts/get",
                ..binding()
            },
            Binding {
                name: "orders",
                ..binding()
            },
            Binding {
                arguments: None,
                ..binding()
            },
            Binding {
                arguments: Some(br#"{"a":1,"b":[3]}"#),
                ..binding()
            },
            Binding {
                caller: None,
                ..binding()
            },
            Binding {
                caller: Some(("https://issuer.example", "usr_2")),
                ..binding()
            },
            Binding {
                caller: Some(("https://issuer.exampleusr", "_1")),
                ..binding()
            },
        ];
        for other in others {
            assert_eq!(
                seal.open(&text, &other),
                Err(SealError::Foreign),
                "{other:?}"
            );
        }
    }

    #[test]
    fn it_opens_until_its_time_is_over() {
        let seal = seal(NEW);
        let end = SystemTime::now() - Duration::from_secs(1);
        let text = seal.seal_until(&carried(), &binding(), end).unwrap();
        assert_eq!(seal.open(&text, &binding()), Err(SealError::Expired));
    }

    #[test]
    fn the_first_key_seals_and_every_key_opens() {
        let (old, both, new) = (seal(OLD), seal(&format!(" {NEW} , {OLD},")), seal(NEW));
        let before = old.seal(&carried(), &binding()).unwrap();
        assert_eq!(both.open(&before, &binding()), Ok(carried()));
        let after = both.seal(&carried(), &binding()).unwrap();
        assert_eq!(new.open(&after, &binding()), Ok(carried()));
        assert_eq!(old.open(&after, &binding()), Err(SealError::Foreign));
        let (one, other) = (seal(""), seal(""));
        let random = one.seal(&carried(), &binding()).unwrap();
        assert_eq!(one.open(&random, &binding()), Ok(carried()));
        assert_eq!(other.open(&random, &binding()), Err(SealError::Foreign));
    }

    #[test]
    fn a_short_secret_is_refused_without_being_shown() {
        let problem = Seal::new(&format!("{NEW},hunter2"), MINUTES, Warning::Once).unwrap_err();
        assert!(
            problem.contains("secret 2 of 2 is shorter than 32 bytes"),
            "{problem}"
        );
        assert!(!problem.contains("hunter2"), "{problem}");
        assert!(!format!("{:?}", seal(NEW)).contains("secret"));
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(text)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_random_key_is_told_of_once_and_only_where_it_matters() {
        let said = |secrets: &str, warning| {
            let log = Log::default();
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_writer(move || writer.clone())
                .finish();
            tracing::subscriber::with_default(subscriber, || {
                let seal = Seal::new(secrets, MINUTES, warning).unwrap();
                for _ in 0..2 {
                    seal.seal(&carried(), &binding()).unwrap();
                }
            });
            let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
            log.matches("`XMCP_STATE_KEY` is not set").count()
        };
        assert_eq!(said("", Warning::Once), 1);
        assert_eq!(said("", Warning::Never), 0);
        assert_eq!(said(NEW, Warning::Once), 0);
    }

    #[test]
    fn it_is_bounded_both_ways() {
        let large = Carried {
            state: Some("x".repeat(LARGEST).into()),
            ..Carried::default()
        };
        let seal = seal(NEW);
        assert_eq!(seal.seal(&large, &binding()), Err(SealError::TooLarge));
        assert_eq!(
            seal.open(&"A".repeat(LARGEST + 1), &binding()),
            Err(SealError::TooLarge)
        );
    }
}
