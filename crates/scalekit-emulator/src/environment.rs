//! The running environment, as every handler sees it.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

use crate::{
    consent::Consent,
    document::Documents,
    fault::Faults,
    issuer_mode::IssuerMode,
    opaque::OpaqueTokens,
    pending::Pending,
    state::{State, Store},
};

pub(crate) type Shared = Arc<Environment>;

/// How tokens are made and consent is given.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// The scopes that there are, or any when nobody said.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) token_lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
    pub(crate) code_lifetime: Duration,
    pub(crate) issuer_mode: IssuerMode,
    pub(crate) consent: Consent,
}

pub(crate) struct Environment {
    /// Without a slash at the end.
    pub(crate) url: String,
    pub(crate) server_url: String,
    pub(crate) resource_id: String,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) pending: Pending,
    pub(crate) documents: Documents,
    pub(crate) opaque: OpaqueTokens,
    /// Origins whose pages may use it, besides those of this machine.
    pub(crate) pages: Vec<String>,
    policy: Mutex<Policy>,
    /// Keys that are published beside ours and sign nothing.
    stray_keys: Mutex<Vec<Value>>,
    /// No key of ours is published.
    hide_keys: AtomicBool,
    rate_limit: Mutex<Option<u64>>,
}

impl Environment {
    pub(crate) fn new(url: String, store: Store, pages: Vec<String>, policy: Policy) -> Shared {
        let (server_url, resource_id) =
            store.read(|state: &State| (state.server_url.clone(), state.resource_id.clone()));
        Arc::new(Self {
            url,
            server_url,
            resource_id,
            store,
            faults: Faults::default(),
            pending: Pending::default(),
            documents: Documents::default(),
            opaque: OpaqueTokens::default(),
            pages,
            policy: Mutex::new(policy),
            stray_keys: Mutex::default(),
            hide_keys: AtomicBool::new(false),
            rate_limit: Mutex::default(),
        })
    }

    pub(crate) fn policy(&self) -> Policy {
        self.policy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_policy(&self, change: impl FnOnce(&mut Policy)) {
        change(&mut self.policy.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The issuer in the metadata of the MCP server's authorization server.
    pub(crate) fn resource_issuer(&self) -> String {
        format!("{}/resources/{}", self.url, self.resource_id)
    }

    /// What `GET /keys` shows.
    pub(crate) fn jwks(&self) -> Vec<Value> {
        let mut keys = if self.hide_keys.load(Ordering::Relaxed) {
            Vec::new()
        } else {
            self.store
                .read(|state| state.keys.iter().map(|key| key.jwk()).collect())
        };
        keys.extend(self.stray_keys().iter().cloned());
        keys
    }

    pub(crate) fn stray_keys(&self) -> std::sync::MutexGuard<'_, Vec<Value>> {
        self.stray_keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hide_keys(&self, hide: bool) {
        self.hide_keys.store(hide, Ordering::Relaxed);
    }

    /// The seconds of `Retry-After` while the REST interface is rate limited.
    pub(crate) fn rate_limit(&self) -> Option<u64> {
        *self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_rate_limit(&self, seconds: Option<u64>) {
        *self
            .rate_limit
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = seconds;
    }

    /// Makes a new key the one that signs. The old ones stay published only if `keep_old`.
    pub(crate) fn rotate(&self, keep_old: bool) -> io::Result<()> {
        let fresh = crate::key::SigningKey::generate();
        self.store.change(|state| {
            if !keep_old {
                state.keys.clear();
            }
            state.keys.insert(0, fresh);
        })
    }

    /// The scopes of a request: as asked, or all there are, or those that every environment has. `None` if one is unknown or ill-formed.
    pub(crate) fn scopes(&self, asked: Option<&str>) -> Option<Vec<String>> {
        let policy = self.policy();
        let mut scopes: Vec<String> = Vec::new();
        for scope in asked.unwrap_or_default().split_ascii_whitespace() {
            let is_token = scope.len() <= 128
                && scope
                    .bytes()
                    .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
            let is_known = STANDARD_SCOPES.contains(&scope)
                || policy
                    .scopes
                    .as_ref()
                    .is_none_or(|known| known.iter().any(|it| it == scope));
            if !is_token || !is_known || scopes.len() >= 64 {
                return None;
            }
            if !scopes.iter().any(|it| it == scope) {
                scopes.push(scope.to_owned());
            }
        }
        if scopes.is_empty() {
            scopes = policy
                .scopes
                .unwrap_or_else(|| STANDARD_SCOPES.map(str::to_owned).to_vec());
        }
        Some(scopes)
    }

    /// The MCP server's URL in the words of `asked`, or in ours when nothing was asked. `None` if it is another server.
    ///
    /// On this machine, any port and any name of it will do: the server that is being developed takes the port that is free.
    pub(crate) fn resource(&self, asked: Option<&str>) -> Option<String> {
        let Some(asked) = asked else {
            return Some(self.server_url.clone());
        };
        if asked == self.server_url || asked == self.resource_id {
            return Some(if asked == self.resource_id {
                self.server_url.clone()
            } else {
                asked.to_owned()
            });
        }
        let (Ok(mut ours), Ok(mut theirs)) =
            (url::Url::parse(&self.server_url), url::Url::parse(asked))
        else {
            return None;
        };
        if asked.len() > 2048 || theirs.fragment().is_some() {
            return None;
        }
        let is_local = crate::redirect_uri::is_loopback;
        if ours.scheme() == "http" && is_local(&ours) && is_local(&theirs) {
            for url in [&mut ours, &mut theirs] {
                url.set_host(Some("localhost")).ok()?;
                url.set_port(None).ok()?;
            }
        }
        (ours == theirs).then(|| asked.to_owned())
    }
}

/// The scopes that are there without anybody's doing.
pub(crate) const STANDARD_SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];
