//! Tokens that were had a moment ago, and those that are being asked for.

use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant, SystemTime},
};

use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::{AccessToken, ExchangeError};
use crate::fingerprint::Fingerprint;

/// So long before its end a token is not given out any more: whoever gets it is yet to use it.
const MARGIN: Duration = Duration::from_secs(10);

/// How many tokens are kept.
const CAPACITY: usize = 4_000;

/// A request for a token that is under way, for all who wait for it. It ends with the last of them.
pub(super) type Flight = Shared<BoxFuture<'static, Result<AccessToken, ExchangeError>>>;

type WeakFlight = WeakShared<BoxFuture<'static, Result<AccessToken, ExchangeError>>>;

/// By caller, service and scopes.
#[derive(Default)]
pub(super) struct Kept {
    tokens: HashMap<Fingerprint, Entry>,
    /// Oldest first.
    order: VecDeque<(Fingerprint, Instant)>,
    flights: HashMap<Fingerprint, (u64, WeakFlight)>,
    last_flight: u64,
}

struct Entry {
    token: AccessToken,
    kept_at: Instant,
    lives: Duration,
}

/// What there is already.
pub(super) enum Found {
    Token(AccessToken),
    Flight(Flight),
    Nothing,
}

impl Kept {
    pub(super) fn find(&self, key: &Fingerprint, now: Instant, wall: SystemTime) -> Found {
        let token = self
            .tokens
            .get(key)
            .filter(|entry| entry.is_good(now, wall));
        if let Some(entry) = token {
            return Found::Token(entry.token.clone());
        }
        match self
            .flights
            .get(key)
            .and_then(|(_, flight)| flight.upgrade())
        {
            Some(flight) => Found::Flight(flight),
            None => Found::Nothing,
        }
    }

    /// The number of a request that is about to start.
    pub(super) fn next_flight(&mut self) -> u64 {
        self.last_flight += 1;
        self.last_flight
    }

    pub(super) fn start(&mut self, key: Fingerprint, number: u64, flight: &Flight) {
        if let Some(flight) = flight.downgrade() {
            self.flights.insert(key, (number, flight));
        }
    }

    /// The request of this number is over, or nobody waits for it any more.
    pub(super) fn end(&mut self, key: &Fingerprint, number: u64) {
        if self
            .flights
            .get(key)
            .is_some_and(|(current, _)| *current == number)
        {
            self.flights.remove(key);
        }
    }

    /// Keeps a token that was asked for at this time, if it lives long enough to be worth it.
    pub(super) fn insert(
        &mut self,
        key: Fingerprint,
        token: &AccessToken,
        asked_at: Instant,
        wall: SystemTime,
    ) {
        let Some(expires_at) = token.expires_at() else {
            return;
        };
        let entry = Entry {
            token: token.clone(),
            kept_at: asked_at,
            lives: expires_at.duration_since(wall).unwrap_or_default(),
        };
        if !entry.is_good(asked_at, wall) {
            return;
        }
        self.order.push_back((key, asked_at));
        self.tokens.insert(key, entry);
        while let Some((oldest, kept_at)) = self.order.front().copied() {
            // A token that was kept again stands further back once more.
            let entry = self
                .tokens
                .get(&oldest)
                .filter(|entry| entry.kept_at == kept_at);
            let is_current = entry.is_some();
            let is_good = entry.is_some_and(|entry| entry.is_good(asked_at, wall));
            if is_good && self.order.len() <= CAPACITY {
                break;
            }
            self.order.pop_front();
            if is_current {
                self.tokens.remove(&oldest);
            }
        }
    }
}

impl Entry {
    /// By both clocks: one may be set, the other may stand still while the machine sleeps.
    fn is_good(&self, now: Instant, wall: SystemTime) -> bool {
        let passed = now.saturating_duration_since(self.kept_at);
        passed + MARGIN < self.lives && self.token.lasts(wall, MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ScopeSet;

    fn token(lives: u64) -> AccessToken {
        let expires_at = SystemTime::UNIX_EPOCH + Duration::from_secs(lives);
        AccessToken::new("t", Some(expires_at), ScopeSet::default()).unwrap()
    }

    fn has(kept: &Kept, key: &Fingerprint, now: Instant, wall: u64) -> bool {
        let wall = SystemTime::UNIX_EPOCH + Duration::from_secs(wall);
        matches!(kept.find(key, now, wall), Found::Token(_))
    }

    #[test]
    fn a_token_is_given_out_until_ten_seconds_before_its_end_by_either_clock() {
        let (start, key) = (Instant::now(), Fingerprint::of("key"));
        let mut kept = Kept::default();
        kept.insert(key, &token(60), start, SystemTime::UNIX_EPOCH);
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(has(&kept, &key, after(49), 49));
        assert!(!has(&kept, &key, after(50), 0));
        assert!(!has(&kept, &key, start, 50));
        assert!(!has(&kept, &Fingerprint::of("other"), start, 0));
    }

    #[test]
    fn what_does_not_live_or_does_not_say_how_long_is_not_kept() {
        let (start, key) = (Instant::now(), Fingerprint::of("key"));
        let mut kept = Kept::default();
        kept.insert(key, &token(10), start, SystemTime::UNIX_EPOCH);
        let endless = AccessToken::new("t", None, ScopeSet::default()).unwrap();
        kept.insert(key, &endless, start, SystemTime::UNIX_EPOCH);
        assert_eq!((kept.tokens.len(), kept.order.len()), (0, 0));
    }

    #[test]
    fn the_oldest_goes_first() {
        let start = Instant::now();
        let key = |number: usize| Fingerprint::of(&number.to_string());
        let mut kept = Kept::default();
        for number in 0..=CAPACITY {
            kept.insert(key(number), &token(60), start, SystemTime::UNIX_EPOCH);
        }
        assert!(!has(&kept, &key(0), start, 0));
        assert!(has(&kept, &key(1), start, 0) && has(&kept, &key(CAPACITY), start, 0));
        assert_eq!((kept.tokens.len(), kept.order.len()), (CAPACITY, CAPACITY));
    }
}
