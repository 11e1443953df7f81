//! A host name with an optional port, as `Host`, `:authority` and origins carry it. Parsed here and nowhere else, so that the
//! Host check and the Origin check cannot disagree about what a name is.

use std::net::{IpAddr, Ipv6Addr};

/// `host` or `host:port`, borrowed from where it was written. An IPv6 host keeps no brackets, a name no trailing dot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Authority<'a> {
    pub(super) host: &'a str,
    pub(super) port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// The parts of `text`, or nothing when it is no authority: user information, spaces, paths and empty hosts are not accepted.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
                host.parse::<Ipv6Addr>().ok()?;
                let port = match after {
                    "" => None,
                    after => Some(after.strip_prefix(':')?),
                };
                (host, port)
            }
            None => {
                let (host, port) = match text.split_once(':') {
                    Some((host, port)) => (host, Some(port)),
                    None => (text, None),
                };
                let host = host.strip_suffix('.').unwrap_or(host);
                if !is_name(host) {
                    return None;
                }
                (host, port)
            }
        };
        let port = match port {
            Some(port) => Some(port_number(port)?),
            None => None,
        };
        Some(Self { host, port })
    }

    /// Whether both name the same host: letters in any case, IPv6 addresses in any spelling.
    pub(super) fn has_host(&self, host: &str) -> bool {
        if self.host.eq_ignore_ascii_case(host) {
            return true;
        }
        match (self.host.parse::<Ipv6Addr>(), host.parse::<Ipv6Addr>()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }

    /// `localhost`, `127.0.0.1` or `::1`, and no name that only looks like one of them.
    pub(super) fn is_loopback_name(&self) -> bool {
        ["localhost", "127.0.0.1", "::1"]
            .into_iter()
            .any(|name| self.has_host(name))
    }
}

/// Whether a server that listens on `host` can be reached from its own machine only.
pub(super) fn is_loopback_host(host: &str) -> bool {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_loopback(),
        Ok(IpAddr::V6(address)) => address == Ipv6Addr::LOCALHOST,
        Err(_) => host
            .strip_suffix('.')
            .unwrap_or(host)
            .eq_ignore_ascii_case("localhost"),
    }
}

/// Whether `address` is reachable from its own machine only. The IPv4-mapped form of a loopback address counts.
pub(super) fn is_loopback_address(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_name(host: &str) -> bool {
    !host.is_empty()
        && host.len() <= 253
        && !host.starts_with('.')
        && !host.ends_with('.')
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn port_number(text: &str) -> Option<u16> {
    // `u16::from_str` alone would accept a plus sign.
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, Option<u16>)> {
        Authority::parse(text).map(|authority| (authority.host, authority.port))
    }

    #[test]
    fn reads_names_addresses_and_ports() {
        assert_eq!(parts("localhost"), Some(("localhost", None)));
        assert_eq!(parts("LocalHost.:3001"), Some(("LocalHost", Some(3001))));
        assert_eq!(parts("127.0.0.1:80"), Some(("127.0.0.1", Some(80))));
        assert_eq!(parts("[::1]:3001"), Some(("::1", Some(3001))));
        assert_eq!(parts("[::1]"), Some(("::1", None)));
        assert_eq!(
            parts("my_host-1.example"),
            Some(("my_host-1.example", None))
        );
    }

    #[test]
    fn refuses_what_is_no_authority() {
        for text in [
            "",
            ".",
            ":80",
            "a..",
            "user@host",
            "host:",
            "host:+80",
            "host:99999",
            "host:80:80",
            "::1",
            "[::1",
            "[]",
            "[::1]80",
            "[localhost]",
            "host/path",
            "host name",
            "host\n",
            "hôte",
            "http://host",
        ] {
            assert_eq!(parts(text), None, "{text:?}");
        }
    }

    #[test]
    fn loopback_names_are_exactly_three() {
        let is_loopback =
            |text| Authority::parse(text).is_some_and(|authority| authority.is_loopback_name());
        for text in [
            "localhost",
            "LOCALHOST:1",
            "localhost.",
            "127.0.0.1:9999",
            "[::1]:3001",
            "[0:0:0:0:0:0:0:1]",
        ] {
            assert!(is_loopback(text), "{text}");
        }
        for text in [
            "localhost.evil.com",
            "127.0.0.1.nip.io",
            "[::ffff:7f00:1]",
            "[::ffff:127.0.0.1]",
            "127.0.0.2",
            "127.1",
            "0x7f000001",
            "0.0.0.0",
            "evil-localhost",
        ] {
            assert!(!is_loopback(text), "{text}");
        }
    }

    #[test]
    fn knows_which_hosts_stay_on_the_machine() {
        for host in [
            "localhost",
            "Localhost.",
            "127.0.0.1",
            "127.8.9.1",
            "::1",
            "[::1]",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "0.0.0.0",
            "::",
            "192.168.1.5",
            "example.com",
            "localhost.example.com",
            "",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
