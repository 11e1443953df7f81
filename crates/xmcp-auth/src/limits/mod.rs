//! How often an address may be wrong, and how often a caller may come.

mod address;
mod buckets;
mod failures;
mod table;

use std::{fmt, net::SocketAddr, num::NonZeroU32, sync::Arc, time::Duration};

use http::HeaderMap;

pub use self::address::{ClientAddress, TrustedProxies};
pub(crate) use self::failures::Attempt;
use self::{buckets::Buckets, failures::FailureLimit};
use crate::{Clock, Problem, Session, SystemClock};

/// As large as settings allow it to be.
const LARGEST_BURST: u32 = 1_000_000;

/// How often one address may send a bad credential, and how often one caller may come. Whoever does so more often gets `429` with
/// `Retry-After`.
///
/// An address counts only where it is known: the server has to put `ConnectInfo<SocketAddr>` into the extensions of its requests,
/// as axum does with `into_make_service_with_connect_info`. Behind a proxy it is the proxy's, unless that is trusted.
///
/// ```
/// use xmcp_auth::Limits;
/// # fn of(provider: xmcp_auth::Provider) -> xmcp_auth::Provider {
/// let limits = Limits::default().auth_failures_per_minute(60).trusted_proxies(["10.0.0.0/8"]);
/// provider.limits(limits)
/// # }
/// ```
#[derive(Clone)]
pub struct Limits {
    auth_failures: u32,
    caller_requests: u32,
    caller_burst: u32,
    trusted_proxies: Vec<String>,
    clock: Arc<dyn Clock>,
}

/// Twenty bad credentials in a minute from one address, and callers as often as they like.
impl Default for Limits {
    fn default() -> Self {
        Self {
            auth_failures: 20,
            caller_requests: 0,
            caller_burst: 60,
            trusted_proxies: Vec::new(),
            clock: Arc::new(SystemClock),
        }
    }
}

impl Limits {
    /// How many credentials may be refused as invalid in a minute, from one address (of IPv6, one /64 network); 0 for any number.
    ///
    /// After that, credentials of this address are not looked at, but for those that were good a moment ago. Requests without one
    /// are told as ever where to get one. A peer on this machine is not counted, unless it is a trusted proxy and says for whom it
    /// speaks.
    #[must_use]
    pub fn auth_failures_per_minute(mut self, failures: u32) -> Self {
        self.auth_failures = failures;
        self
    }

    /// How many requests a verified caller may make in a minute: a user of one issuer through one client application. 0 for any
    /// number, which is the default, since a caller that speaks for many people is nothing unusual.
    #[must_use]
    pub fn caller_requests_per_minute(mut self, requests: u32) -> Self {
        self.caller_requests = requests;
        self
    }

    /// How many of them may come at once, a million at most; 60 unless said otherwise.
    #[must_use]
    pub fn caller_burst(mut self, requests: u32) -> Self {
        self.caller_burst = requests;
        self
    }

    /// The proxies that are believed when they say for whom they speak: addresses, and networks like `10.0.0.0/8`.
    #[must_use]
    pub fn trusted_proxies<S: Into<String>>(
        mut self,
        networks: impl IntoIterator<Item = S>,
    ) -> Self {
        self.trusted_proxies = networks.into_iter().map(Into::into).collect();
        self
    }

    /// With another clock, in a test.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub(crate) fn limiter(&self) -> Result<Limiter, Problem> {
        let failures = NonZeroU32::new(self.auth_failures);
        let requests = NonZeroU32::new(self.caller_requests);
        // With more, the time in which a bucket fills at one a minute would be beyond what its numbers can say.
        let burst = self.caller_burst.clamp(1, LARGEST_BURST);
        let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
        Ok(Limiter {
            proxies: TrustedProxies::parse(&self.trusted_proxies)?,
            failures: failures.map(|most| FailureLimit::new(most, Arc::clone(&self.clock))),
            callers: requests.map(|most| Buckets::new(most, burst, Arc::clone(&self.clock))),
        })
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Limits")
            .field("auth_failures", &self.auth_failures)
            .field("caller_requests", &self.caller_requests)
            .field("caller_burst", &self.caller_burst)
            .field("trusted_proxies", &self.trusted_proxies)
            .finish_non_exhaustive()
    }
}

/// What counts, for all requests of a resource.
pub(crate) struct Limiter {
    proxies: TrustedProxies,
    failures: Option<FailureLimit>,
    callers: Option<Buckets>,
}

impl Limiter {
    /// The attempt that a request from this peer is.
    pub(crate) fn attempt(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Attempt<'_> {
        let (Some(limit), Some(peer)) = (&self.failures, peer) else {
            return Attempt::uncounted();
        };
        let client = self.proxies.client_of(peer, headers);
        match client.is_local() {
            true => Attempt::uncounted(),
            false => Attempt::of(limit, client.network()),
        }
    }

    /// Whether nothing counts against anybody: then it makes no difference where a good credential came from.
    pub(crate) fn are_all_clear(&self) -> bool {
        self.failures
            .as_ref()
            .is_none_or(FailureLimit::are_all_clear)
    }

    /// Counts a request of this caller's, or says when it may come again.
    pub(crate) fn admit(&self, caller: &Session) -> Result<(), Duration> {
        let Some(callers) = &self.callers else {
            return Ok(());
        };
        let admitted = callers.take(&(caller.issuer(), caller.user_id(), caller.client_id()));
        admitted.inspect_err(|rest| {
            tracing::debug!(?rest, "refused a caller that comes too often");
        })
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Mutex,
        time::{Instant, SystemTime},
    };

    use super::*;

    /// A clock that a test moves.
    pub(super) struct Watch {
        start: Instant,
        passed: Mutex<Duration>,
    }

    impl Default for Watch {
        fn default() -> Self {
            Self {
                start: Instant::now(),
                passed: Mutex::default(),
            }
        }
    }

    impl Watch {
        pub(super) fn pass(&self, time: Duration) {
            *self.passed.lock().unwrap() += time;
        }
    }

    impl Clock for Watch {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }

        fn instant(&self) -> Instant {
            self.start + *self.passed.lock().unwrap()
        }
    }

    #[test]
    fn a_caller_is_a_user_of_one_issuer_through_one_client() {
        let watch = Arc::new(Watch::default());
        let limits = Limits::default().clock(watch.clone());
        let limits = limits.caller_requests_per_minute(30).caller_burst(2);
        let limiter = limits.limiter().unwrap();
        let caller = |issuer: &str, user: &str, client: &str| {
            let caller = Session::for_test(user).issuer(issuer);
            caller.client_id(client).build()
        };
        let ada = caller("https://one.example", "ada", "app");
        assert_eq!(limiter.admit(&ada), Ok(()));
        assert_eq!(limiter.admit(&ada), Ok(()));
        assert_eq!(limiter.admit(&ada), Err(Duration::from_secs(2)));
        for other in [
            caller("https://two.example", "ada", "app"),
            caller("https://one.example", "bob", "app"),
            caller("https://one.example", "ada", "cli"),
            caller("https://one.example", "adaapp", ""),
            Session::for_test("ada")
                .issuer("https://one.example")
                .build(),
        ] {
            assert_eq!(limiter.admit(&other), Ok(()), "{other:?}");
        }
        watch.pass(Duration::from_secs(2));
        assert_eq!(limiter.admit(&ada), Ok(()));
        assert_eq!(limiter.admit(&ada), Err(Duration::from_secs(2)));
    }

    #[test]
    fn the_largest_numbers_overflow_nothing() {
        let limits = Limits::default().clock(Arc::new(Watch::default()));
        let ada = Session::for_test("ada").build();
        for requests in [1, u32::MAX] {
            let limits = limits.clone().caller_requests_per_minute(requests);
            let limits = limits.auth_failures_per_minute(u32::MAX);
            let limiter = limits.caller_burst(u32::MAX).limiter().unwrap();
            assert!((0..1000).all(|_| limiter.admit(&ada).is_ok()));
        }
    }

    #[test]
    fn without_limits_nothing_is_kept() {
        let limits = Limits::default().auth_failures_per_minute(0);
        let limiter = limits.limiter().unwrap();
        assert!(limiter.failures.is_none() && limiter.callers.is_none());
        let caller = Session::for_test("ada").build();
        assert!((0..1000).all(|_| limiter.admit(&caller).is_ok()));
    }
}
