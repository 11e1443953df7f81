//! Who counts as one caller where something is shared out: a user of one authorization server, or an address of strangers.

use std::{
    collections::HashMap,
    hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState},
    net::{IpAddr, SocketAddr},
};

use http::HeaderMap;
use xmcp_auth::{Session, TrustedProxies};

/// One caller, as a number that means something in this process alone. A hash whose secret nobody knows: two callers are as good as
/// never the same, and telling them apart keeps nothing of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Caller(u64);

/// Something for each of many callers.
pub(crate) type ByCaller<T> = HashMap<Caller, T, BuildHasherDefault<AsItIs>>;

/// Hashes a caller to its number, which is a hash already.
#[derive(Default)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    /// What a caller never calls.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

#[cfg(test)]
impl Caller {
    /// One of a test's callers.
    pub(crate) fn number(number: u64) -> Self {
        Self(number)
    }
}

/// Tells callers apart.
#[derive(Default)]
pub(crate) struct Callers {
    secret: RandomState,
    proxies: TrustedProxies,
}

impl Callers {
    pub(crate) fn new(proxies: TrustedProxies) -> Self {
        Self {
            secret: RandomState::new(),
            proxies,
        }
    }

    /// The caller of a request, verified or by address. Nothing where strangers cannot be told apart: on this machine, which may be
    /// a proxy's, and where nobody says who the peer is.
    pub(crate) fn of(
        &self,
        session: Option<&Session>,
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
    ) -> Option<Caller> {
        if let Some(session) = session {
            return Some(self.verified(session));
        }
        let client = self.proxies.client_of(peer?, headers);
        (!client.is_local()).then(|| Caller(self.secret.hash_one(client.network())))
    }

    /// Where a request came from, as far as anybody trustworthy knows.
    pub(crate) fn address(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        Some(self.proxies.client_of(peer?, headers).ip())
    }

    pub(crate) fn verified(&self, session: &Session) -> Caller {
        Caller(session.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_a_user_or_an_address() {
        let callers = Callers::new(TrustedProxies::parse(["127.0.0.2"]).unwrap());
        let at = |peer: &str, forwarded: Option<&'static str>| {
            let peer = SocketAddr::new(peer.parse().unwrap(), 4711);
            let forwarded = forwarded.map(|address| ("x-forwarded-for", address));
            let headers = forwarded.into_iter().map(|(name, value)| {
                let value = http::HeaderValue::from_static(value);
                (http::HeaderName::from_static(name), value)
            });
            (peer, headers.collect::<HeaderMap>())
        };
        let of = |(peer, headers): &(SocketAddr, HeaderMap)| callers.of(None, Some(*peer), headers);
        let stranger = of(&at("192.0.2.1", None));
        assert!(stranger.is_some());
        assert_eq!(stranger, of(&at("127.0.0.2", Some("192.0.2.1"))));
        assert_ne!(stranger, of(&at("192.0.2.2", None)));
        assert_eq!(of(&at("127.0.0.1", Some("192.0.2.1"))), None);
        assert_eq!(of(&at("127.0.0.2", None)), None);
        let session = |user: &str, issuer: &str| Session::for_test(user).issuer(issuer).build();
        let ada = session("ada", "https://one.example");
        let (peer, headers) = at("192.0.2.1", None);
        assert_eq!(
            callers.of(Some(&ada), Some(peer), &headers),
            Some(callers.verified(&ada))
        );
        assert_ne!(
            callers.verified(&ada),
            callers.verified(&session("ada", "https://two.example"))
        );
        assert_ne!(
            callers.verified(&ada),
            callers.verified(&session("bob", "https://one.example"))
        );
    }
}
