//! How many bad credentials an address may send.
//!
//! 1. A credential that was refused as invalid counts against the address that it came from. None at all does not, for that is how
//!    every client begins, and neither does one that is over: its client has to learn that, to refresh it.
//! 2. An address that has used up its failures gets no credential looked at, but for those that a verifier remembers, and those that
//!    were good within an hour: many people share an address, and one of them must not lock the others out. A credential that was
//!    good is no guess.
//! 3. Ten thousand addresses are kept, in a table that does not grow. When there are more, those are forgotten that would be clear
//!    soonest. So a stranger with fewer addresses than that is never forgotten by sending more, and nobody is ever refused for what
//!    others did.
//! 4. Requests that are being verified have not failed yet: of those that come at once, more may be looked at than are left.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{buckets::Buckets, table::Table};
use crate::{Clock, Credential};

/// How long a credential that was good is not taken for a guess.
const FAMILIAR: Duration = Duration::from_secs(3600);
/// The least time between two lines in the log.
const QUIET: u64 = 60;

pub(super) struct FailureLimit {
    failures: Buckets,
    /// When each credential was good last, in seconds. Of addresses only that have sent bad ones too.
    familiar: Table,
    clock: Arc<dyn Clock>,
    start: Instant,
    /// The second before which nothing is told, from 1.
    told_until: AtomicU64,
}

/// How it stands with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing counts against it.
    Clear,
    /// Some of its credentials were refused.
    Watched,
    /// So many of them were that it has to wait.
    UsedUp(Duration),
}

impl FailureLimit {
    pub(super) fn new(per_minute: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self {
            failures: Buckets::new(per_minute, per_minute, Arc::clone(&clock)),
            familiar: Table::new(),
            start: clock.instant(),
            clock,
            told_until: AtomicU64::new(0),
        }
    }

    /// Whether nothing counts against anybody.
    pub(super) fn are_all_clear(&self) -> bool {
        self.failures.are_all_full()
    }

    fn standing(&self, address: IpAddr) -> Standing {
        if self.are_all_clear() {
            return Standing::Clear;
        }
        match self.failures.look(&address) {
            Err(rest) => Standing::UsedUp(rest),
            Ok(()) if self.failures.is_full(&address) => Standing::Clear,
            Ok(()) => Standing::Watched,
        }
    }

    /// Whether this credential was good from this address a while ago. From another one it is a stranger's, who may have guessed it.
    fn is_familiar(&self, address: IpAddr, credential: Credential<'_>) -> bool {
        let key = self.familiar.key(&(address, text(credential)));
        let last = self.familiar.get(key);
        last.is_some_and(|last| self.second() - last.min(self.second()) < FAMILIAR.as_secs())
    }

    /// Seconds since the start, from 1.
    fn second(&self) -> u64 {
        let passed = self.clock.instant().saturating_duration_since(self.start);
        passed.as_secs() + 1
    }

    /// Says in the log that an address is turned away, not too often.
    fn tell(&self, address: IpAddr) {
        let now = self.second();
        let told_until = self.told_until.load(Ordering::Relaxed);
        let is_told = now < told_until
            || self
                .told_until
                .compare_exchange(
                    told_until,
                    now + QUIET,
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_err();
        if is_told {
            tracing::debug!(%address, "refused a credential unseen: its address has sent too many bad ones");
        } else {
            tracing::warn!(
                %address,
                "refused a credential unseen: its address has sent too many bad ones. If it is a proxy's, say so: `trusted_proxies`"
            );
        }
    }
}

/// An attempt to be let in. Without a limit, or an address to count by, all of them may be looked at.
pub(crate) struct Attempt<'a>(Option<Counted<'a>>);

struct Counted<'a> {
    limit: &'a FailureLimit,
    address: IpAddr,
    standing: Standing,
}

impl<'a> Attempt<'a> {
    pub(super) fn uncounted() -> Self {
        Self(None)
    }

    pub(super) fn of(limit: &'a FailureLimit, address: IpAddr) -> Self {
        Self(Some(Counted {
            limit,
            address,
            standing: limit.standing(address),
        }))
    }

    /// How long the address has to wait before this credential is looked at, or something without the form of one; nothing if it is
    /// looked at now.
    pub(crate) fn wait(&self, credential: Option<Credential<'_>>) -> Option<Duration> {
        let counted = self.0.as_ref()?;
        let Standing::UsedUp(rest) = counted.standing else {
            return None;
        };
        if credential
            .is_some_and(|credential| counted.limit.is_familiar(counted.address, credential))
        {
            return None;
        }
        counted.limit.tell(counted.address);
        Some(rest)
    }

    /// Whether the address has used up its failures.
    pub(crate) fn is_used_up(&self) -> bool {
        let standing = self.0.as_ref().map(|counted| counted.standing);
        matches!(standing, Some(Standing::UsedUp(_)))
    }

    /// The credential was good.
    pub(crate) fn succeeded(&self, credential: Credential<'_>) {
        let Some(counted) = &self.0 else { return };
        if counted.standing != Standing::Clear {
            let familiar = &counted.limit.familiar;
            let key = familiar.key(&(counted.address, text(credential)));
            familiar.set(key, counted.limit.second());
        }
    }

    /// The credential was refused as invalid, or had not the form of one.
    pub(crate) fn failed(&self, credential: Option<Credential<'_>>) {
        let Some(counted) = &self.0 else { return };
        // Whether one is left or not, this was one.
        let _ = counted.limit.failures.take(&counted.address);
        if let Some(credential) = credential
            && counted.standing != Standing::Clear
        {
            let familiar = &counted.limit.familiar;
            familiar.remove(familiar.key(&(counted.address, text(credential))));
        }
    }
}

fn text<'a>(credential: Credential<'a>) -> &'a str {
    let key = || credential.api_key().unwrap_or_default();
    credential.token().unwrap_or_else(key)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{super::tests::Watch, *};

    const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
    const GOOD: Credential<'_> = Credential::Bearer("good");
    const BAD: Credential<'_> = Credential::Bearer("bad");

    fn limit() -> (FailureLimit, Arc<Watch>) {
        let watch = Arc::new(Watch::default());
        let twenty = NonZeroU32::new(20).unwrap();
        (FailureLimit::new(twenty, watch.clone()), watch)
    }

    fn fail(limit: &FailureLimit, address: IpAddr, times: usize) {
        for _ in 0..times {
            Attempt::of(limit, address).failed(Some(BAD));
        }
    }

    fn wait(limit: &FailureLimit, address: IpAddr) -> Option<Duration> {
        Attempt::of(limit, address).wait(Some(BAD))
    }

    #[test]
    fn twenty_a_minute_may_fail_and_one_more_every_three_seconds() {
        let (limit, watch) = limit();
        fail(&limit, ADDRESS, 19);
        assert_eq!(wait(&limit, ADDRESS), None);
        fail(&limit, ADDRESS, 1);
        assert_eq!(wait(&limit, ADDRESS), Some(Duration::from_secs(3)));
        watch.pass(Duration::from_millis(2900));
        assert_eq!(wait(&limit, ADDRESS), Some(Duration::from_millis(100)));
        watch.pass(Duration::from_millis(100));
        assert_eq!(wait(&limit, ADDRESS), None);
        fail(&limit, ADDRESS, 1);
        assert_eq!(wait(&limit, ADDRESS), Some(Duration::from_secs(3)));
        watch.pass(Duration::from_secs(60));
        fail(&limit, ADDRESS, 19);
        assert_eq!(wait(&limit, ADDRESS), None);
    }

    #[test]
    fn nobody_waits_for_what_others_did() {
        let (limit, _) = limit();
        fail(&limit, ADDRESS, 20);
        assert!(wait(&limit, ADDRESS).is_some());
        assert_eq!(wait(&limit, Ipv4Addr::new(192, 0, 2, 2).into()), None);
    }

    #[test]
    fn everybody_is_clear_until_somebody_fails_and_once_that_is_forgiven() {
        let (limit, watch) = limit();
        assert!(limit.are_all_clear());
        fail(&limit, ADDRESS, 2);
        assert!(!limit.are_all_clear());
        watch.pass(Duration::from_secs(3));
        assert!(!limit.are_all_clear());
        assert_eq!(limit.standing(ADDRESS), Standing::Watched);
        watch.pass(Duration::from_secs(3));
        assert!(limit.are_all_clear());
        assert_eq!(limit.standing(ADDRESS), Standing::Clear);
    }

    #[test]
    fn what_was_good_within_an_hour_is_looked_at_until_it_is_not() {
        let (limit, watch) = limit();
        let is_seen = || Attempt::of(&limit, ADDRESS).wait(Some(GOOD)).is_none();
        fail(&limit, ADDRESS, 1);
        Attempt::of(&limit, ADDRESS).succeeded(GOOD);
        fail(&limit, ADDRESS, 19);
        assert!(is_seen());
        Attempt::of(&limit, ADDRESS).failed(Some(GOOD));
        assert!(!is_seen());
        Attempt::of(&limit, ADDRESS).succeeded(GOOD);
        watch.pass(FAMILIAR - Duration::from_secs(1));
        fail(&limit, ADDRESS, 20);
        assert!(is_seen());
        watch.pass(Duration::from_secs(1));
        fail(&limit, ADDRESS, 1);
        assert!(!is_seen());
    }

    #[test]
    fn what_was_good_from_one_address_is_a_guess_from_another() {
        let (limit, _) = limit();
        fail(&limit, ADDRESS, 1);
        Attempt::of(&limit, ADDRESS).succeeded(GOOD);
        let other = Ipv4Addr::new(192, 0, 2, 2).into();
        fail(&limit, other, 20);
        assert!(Attempt::of(&limit, other).wait(Some(GOOD)).is_some());
    }

    #[test]
    fn nothing_is_kept_of_the_good_credentials_of_an_address_without_bad_ones() {
        let (limit, _) = limit();
        Attempt::of(&limit, ADDRESS).succeeded(GOOD);
        assert!(!limit.is_familiar(ADDRESS, GOOD));
    }

    #[test]
    fn more_addresses_than_are_kept_neither_clear_a_stranger_nor_lock_others_out() {
        let (limit, _) = limit();
        fail(&limit, ADDRESS, 20);
        for number in 0..100_000 {
            let other = IpAddr::from(Ipv4Addr::from_bits(number));
            assert_eq!(wait(&limit, other), None);
            fail(&limit, other, 1);
        }
        assert!(wait(&limit, ADDRESS).is_some());
    }

    #[test]
    fn without_an_address_everything_is_looked_at() {
        let attempt = Attempt::uncounted();
        attempt.failed(Some(BAD));
        attempt.succeeded(GOOD);
        assert_eq!(attempt.wait(Some(BAD)), None);
        assert!(!attempt.is_used_up());
    }
}
