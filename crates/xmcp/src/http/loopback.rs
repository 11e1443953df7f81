//! What stays on this machine: names, addresses, and what a server listens on.

use std::net::{IpAddr, Ipv6Addr};

use xmcp_config::Authority;

/// `localhost`, `127.0.0.1` or `::1`, and no name that only looks like one of them.
pub(super) fn is_loopback_name(authority: &Authority<'_>) -> bool {
    ["localhost", "127.0.0.1", "::1"]
        .into_iter()
        .any(|name| authority.has_host(name))
}

/// Whether a server that listens on `host` can be reached from its own machine only.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let host = without_brackets(host);
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

/// What is listened on, as the system takes it: settings of a program's own making may have an IPv6 address in brackets.
pub(crate) fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_names_are_exactly_three() {
        let is_loopback = |text| {
            Authority::parse_sent(text).is_some_and(|authority| is_loopback_name(&authority))
        };
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
