//! What lives for minutes: authorization requests that wait for a person, and codes that wait for their client.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::{random, state::Granted};

/// Requests and codes at a time. Beyond it, the oldest goes.
const CAPACITY: usize = 512;
/// How long a person may look at the page.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

#[derive(Default)]
pub(crate) struct Pending {
    requests: Mutex<HashMap<String, Kept<Authorization>>>,
    codes: Mutex<HashMap<String, Kept<Code>>>,
}

/// A checked authorization request.
#[derive(Clone, Debug)]
pub(crate) struct Authorization {
    pub(crate) client: String,
    pub(crate) client_name: Option<String>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: Option<String>,
    pub(crate) resource: String,
    /// The issuer that the answer names (RFC 9207).
    pub(crate) issuer: String,
}

/// What a code stands for.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) grant: Granted,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    /// Who signs the ID token.
    pub(crate) issuer: String,
    pub(crate) refreshable: bool,
}

struct Kept<T> {
    value: T,
    since: Instant,
    until: Instant,
    spent: bool,
}

/// What became of a code.
pub(crate) enum Redeemed {
    Fresh(Code),
    /// It was spent before: whoever has it now, somebody copied it.
    Again(Code),
    Unknown,
}

impl Pending {
    pub(crate) fn ask(&self, authorization: Authorization) -> String {
        keep(&mut lock(&self.requests), authorization, PATIENCE)
    }

    pub(crate) fn asked(&self, id: &str) -> Option<Authorization> {
        let mut requests = lock(&self.requests);
        requests
            .remove(id)
            .filter(Kept::is_alive)
            .map(|it| it.value)
    }

    pub(crate) fn issue(&self, code: Code, lifetime: Duration) -> String {
        keep(&mut lock(&self.codes), code, lifetime)
    }

    pub(crate) fn redeem(&self, code: &str) -> Redeemed {
        let mut codes = lock(&self.codes);
        match codes.get_mut(code) {
            Some(kept) if kept.spent => Redeemed::Again(kept.value.clone()),
            Some(kept) if kept.is_alive() => {
                kept.spent = true;
                kept.until = Instant::now() + PATIENCE;
                Redeemed::Fresh(kept.value.clone())
            }
            _ => Redeemed::Unknown,
        }
    }
}

impl<T> Kept<T> {
    fn is_alive(&self) -> bool {
        Instant::now() < self.until
    }
}

fn keep<T>(map: &mut HashMap<String, Kept<T>>, value: T, lifetime: Duration) -> String {
    map.retain(|_, kept| kept.is_alive());
    if map.len() >= CAPACITY {
        let oldest = map.iter().min_by_key(|(_, kept)| kept.since);
        if let Some(id) = oldest.map(|(id, _)| id.clone()) {
            map.remove(&id);
        }
    }
    let id = random::secret();
    let since = Instant::now();
    let kept = Kept {
        value,
        since,
        until: since + lifetime,
        spent: false,
    };
    map.insert(id.clone(), kept);
    id
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
