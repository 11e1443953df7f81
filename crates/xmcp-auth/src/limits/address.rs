//! Where a request came from: the address that limits count by.
//!
//! 1. It is that of the connection's peer, unless the peer is a trusted proxy.
//! 2. What a trusted proxy says is read from the right, past further trusted proxies: each of them wrote the entry before it, and
//!    everything to the left of the first address that is none of theirs may be made up.
//! 3. What cannot be read ends the search at the last proxy that was found. A header never makes a request local.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderValue, header};
use ipnet::IpNet;

use crate::Problem;

/// The proxies that an entry may lead past.
const HOPS: usize = 16;
/// The longest `Forwarded` header that is read.
const FORWARDED: usize = 4096;
const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request came from, as far as anybody trustworthy knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress {
    ip: IpAddr,
    is_local: bool,
}

impl ClientAddress {
    /// The address. An IPv4 address that came as an IPv6 one is an IPv4 address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// What limits count by: the address, of IPv6 the first address of its /64 network, which is the least that one client has.
    pub fn network(&self) -> IpAddr {
        match self.ip {
            IpAddr::V4(_) => self.ip,
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
        }
    }

    /// Whether the peer is on this machine, and speaks for nobody else.
    pub fn is_local(&self) -> bool {
        self.is_local
    }
}

/// The proxies that are believed when they say for whom they speak.
///
/// ```
/// use xmcp_auth::TrustedProxies;
///
/// let proxies = TrustedProxies::parse(["10.0.0.0/8", "::1"])?;
/// assert!(TrustedProxies::parse(["proxy.example"]).is_err());
/// # let _ = proxies;
/// # Ok::<(), xmcp_auth::Problem>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// The proxies at these addresses and in these networks: `10.0.0.7`, `10.0.0.0/8`, `::1`.
    ///
    /// # Errors
    ///
    /// The first text that is neither.
    pub fn parse<S: AsRef<str>>(networks: impl IntoIterator<Item = S>) -> Result<Self, Problem> {
        let network = |text: S| {
            let text = text.as_ref();
            let address = text.parse::<IpAddr>().map(IpNet::from);
            let network = address.or_else(|_| text.parse());
            // Everybody would be trusted, and could say what they like.
            match network {
                Ok(network) if network.prefix_len() > 0 => Ok(network.trunc()),
                _ => Err(Problem::Network(text.chars().take(64).collect())),
            }
        };
        networks
            .into_iter()
            .map(network)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Where a request came from, by the [`ConnectInfo`] in its extensions and by what a trusted proxy says in `X-Forwarded-For`, or
    /// where that is missing in `Forwarded` (RFC 7239). Nothing where there is no peer: a test, a server that does not say.
    ///
    /// A proxy that writes `Forwarded` alone must take `X-Forwarded-For` out of what it passes on.
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<ClientAddress> {
        let ConnectInfo(peer) = extensions.get::<ConnectInfo<SocketAddr>>()?;
        Some(self.client_of(*peer, headers))
    }

    /// The same of a request from this peer.
    pub fn client_of(&self, peer: SocketAddr, headers: &HeaderMap) -> ClientAddress {
        let peer = peer.ip().to_canonical();
        let alone = ClientAddress {
            ip: peer,
            is_local: peer.is_loopback(),
        };
        if !self.contains(peer) {
            return alone;
        }
        let ip = if headers.contains_key(X_FORWARDED_FOR) {
            let values = headers.get_all(X_FORWARDED_FOR).iter().rev();
            let entries = values.flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
            self.last_stranger(peer, entries.map(|entry| address(entry.trim())))
        } else if headers.contains_key(header::FORWARDED) {
            let values = headers.get_all(header::FORWARDED).iter().rev();
            let elements = values.flat_map(|value| elements(value).into_iter().rev());
            self.last_stranger(peer, elements.map(forwarded_for))
        } else {
            return alone;
        };
        ClientAddress {
            ip,
            is_local: false,
        }
    }

    /// The first of these that is no trusted proxy; the last that is one, where there is no such.
    fn last_stranger(&self, peer: IpAddr, entries: impl Iterator<Item = Option<IpAddr>>) -> IpAddr {
        let mut nearest = peer;
        for entry in entries.take(HOPS) {
            let Some(entry) = entry else { break };
            nearest = entry.to_canonical();
            if !self.contains(nearest) {
                break;
            }
        }
        nearest
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

/// An address, with a port or without, an IPv6 one with a port in brackets.
fn address(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip());
    }
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    inner.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// The elements of a `Forwarded` header; one that cannot be read in the place of what has quotation marks without an end.
fn elements(value: &HeaderValue) -> Vec<&str> {
    let text = match value.to_str() {
        Ok(text) if text.len() <= FORWARDED => text,
        _ => return vec![""],
    };
    split(text, b',').unwrap_or_else(|| vec![""])
}

/// The address that an element is for.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = split(element, b';')?;
    let mut named = pairs.into_iter().filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    });
    let (value, another) = (named.next()?.trim(), named.next());
    if another.is_some() {
        return None;
    }
    let unquoted = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    address(unquoted.unwrap_or(value))
}

/// The parts between separators outside of quotation marks. Nothing where a quotation does not end.
fn split(text: &str, separator: u8) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            _ if byte == separator && !is_quoted => {
                parts.push(&text[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!is_quoted).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, headers: &[(&str, &str)]) -> ClientAddress {
        let mut extensions = Extensions::new();
        let peer: IpAddr = peer.parse().unwrap();
        extensions.insert(ConnectInfo(SocketAddr::new(peer, 4711)));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            map.append(header::HeaderName::try_from(*name).unwrap(), value);
        }
        let proxies = TrustedProxies::parse(trusted).unwrap();
        proxies.client(&extensions, &map).unwrap()
    }

    #[test]
    fn only_a_trusted_proxy_speaks_for_others() {
        let says = [
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.2"),
        ];
        for (trusted, peer, ip, is_local) in [
            (&[][..], "203.0.113.9", "203.0.113.9", false),
            (&[], "127.0.0.1", "127.0.0.1", true),
            (&["10.0.0.0/8"], "203.0.113.9", "203.0.113.9", false),
            (&["10.0.0.0/8"], "10.2.3.4", "192.0.2.1", false),
            (&["10.0.0.0/8"], "::ffff:10.2.3.4", "192.0.2.1", false),
            (&["127.0.0.1"], "127.0.0.1", "192.0.2.1", false),
            (&["127.0.0.1"], "::1", "::1", true),
        ] {
            let found = client(trusted, peer, &says);
            assert_eq!(found.ip().to_string(), ip, "{trusted:?} {peer}");
            assert_eq!(found.is_local(), is_local, "{trusted:?} {peer}");
        }
    }

    #[test]
    fn what_proxies_say_is_read_from_the_right_past_each_other() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        for (headers, ip) in [
            (&[("x-forwarded-for", "192.0.2.1")][..], "192.0.2.1"),
            // What stands before the stranger is the stranger's.
            (
                &[("x-forwarded-for", "198.51.100.7, 192.0.2.1")],
                "192.0.2.1",
            ),
            (
                &[("x-forwarded-for", "192.0.2.1, 10.0.0.2,fd00::7")],
                "192.0.2.1",
            ),
            (
                &[
                    ("x-forwarded-for", "192.0.2.1"),
                    ("x-forwarded-for", "10.0.0.2"),
                ],
                "192.0.2.1",
            ),
            (&[("x-forwarded-for", "192.0.2.1:4711")], "192.0.2.1"),
            (&[("x-forwarded-for", "[2001:db8::1]:4711")], "2001:db8::1"),
            (&[("x-forwarded-for", "[2001:db8::1]")], "2001:db8::1"),
            (&[("x-forwarded-for", "::ffff:192.0.2.1")], "192.0.2.1"),
            (&[("x-forwarded-for", "10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            (
                &[("forwarded", "for=192.0.2.1;proto=https;by=10.0.0.1")],
                "192.0.2.1",
            ),
            (
                &[("forwarded", "For=\"[2001:db8::1]:4711\"")],
                "2001:db8::1",
            ),
            (
                &[("forwarded", "for=198.51.100.7, for=192.0.2.1, for=10.0.0.2")],
                "192.0.2.1",
            ),
            (
                &[("forwarded", "for=192.0.2.1;host=\"a, for=198.51.100.7\"")],
                "192.0.2.1",
            ),
            (
                &[(
                    "forwarded",
                    "for=192.0.2.1;host=\"a\\\", for=198.51.100.7\"",
                )],
                "192.0.2.1",
            ),
            // Proxies write the one or the other, and pass on what a stranger wrote as the other.
            (
                &[
                    ("forwarded", "for=198.51.100.7"),
                    ("x-forwarded-for", "192.0.2.1"),
                ],
                "192.0.2.1",
            ),
        ] {
            let found = client(&trusted, "10.0.0.1", headers);
            assert_eq!(found.ip().to_string(), ip, "{headers:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_as_if_the_nearest_proxy_had_called() {
        let many = vec!["10.0.0.9"; 5000].join(",");
        for (headers, ip) in [
            (&[("x-forwarded-for", "")][..], "127.0.0.1"),
            (&[("x-forwarded-for", "unknown")], "127.0.0.1"),
            (
                &[("x-forwarded-for", "192.0.2.1, unknown, 10.0.0.2")],
                "10.0.0.2",
            ),
            (&[("x-forwarded-for", "192.0.2.1,")], "127.0.0.1"),
            (
                &[("x-forwarded-for", "192.0.2.1 198.51.100.7")],
                "127.0.0.1",
            ),
            (&[("x-forwarded-for", "fe80::1%eth0")], "127.0.0.1"),
            (&[("x-forwarded-for", "192.0.2.256")], "127.0.0.1"),
            (&[("x-forwarded-for", "ä")], "127.0.0.1"),
            (&[("x-forwarded-for", &many)], "10.0.0.9"),
            (&[("forwarded", "")], "127.0.0.1"),
            (&[("forwarded", "for=unknown")], "127.0.0.1"),
            (&[("forwarded", "for=_hidden")], "127.0.0.1"),
            (&[("forwarded", "proto=https")], "127.0.0.1"),
            (
                &[("forwarded", "for=192.0.2.1;for=198.51.100.7")],
                "127.0.0.1",
            ),
            (&[("forwarded", "a=\", for=192.0.2.1")], "127.0.0.1"),
            (&[("forwarded", "a=\"\\, for=192.0.2.1")], "127.0.0.1"),
            (&[("forwarded", &many)], "127.0.0.1"),
        ] {
            let found = client(&["10.0.0.0/8", "127.0.0.1"], "127.0.0.1", headers);
            assert_eq!(found.ip().to_string(), ip, "{headers:?}");
            assert!(!found.is_local(), "{headers:?} is said by a proxy");
        }
    }

    #[test]
    fn an_ipv6_client_is_its_64_network() {
        let network = |peer| client(&[], peer, &[]).network();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2::"));
        assert_ne!(network("2001:db8:1:2::"), network("2001:db8:1:3::"));
        assert_eq!(network("192.0.2.1").to_string(), "192.0.2.1");
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }

    #[test]
    fn nobody_trusts_everybody() {
        for text in ["0.0.0.0/0", "::/0", "10.0.0.0/33", "", "[::1]", "proxy"] {
            let problem = TrustedProxies::parse([text]).unwrap_err();
            assert_eq!(problem, Problem::Network(text.to_owned()));
        }
        let none = TrustedProxies::default();
        assert_eq!(none.client(&Extensions::new(), &HeaderMap::new()), None);
    }
}
