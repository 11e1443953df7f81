//! `host` and `host:port`, as they stand in settings, URLs, origins and `Host` headers. Read here and nowhere else, so that a setting
//! and the request that is held to it cannot disagree about what a name is.

use std::{fmt, net::Ipv6Addr};

/// A host and its port, if one is written. An IPv6 address is without its brackets, a name without a dot at its end.
///
/// ```
/// use xmcp_config::Authority;
///
/// let authority = Authority::parse("[::1]:3001")?;
/// assert_eq!((authority.host, authority.port), ("::1", Some(3001)));
/// assert_eq!(authority.to_string(), "[::1]:3001");
/// # Ok::<(), &'static str>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: &'a str,
    /// The port, from 1.
    pub port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads what stands in a setting: a host and a port, and nothing else.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as the end of a sentence.
    pub fn parse(text: &'a str) -> Result<Self, &'static str> {
        Self::read(text, |host| host)
    }

    /// Reads what a client sent, who may end a name with the dot of the root (RFC 3986, section 3.2.2).
    pub fn parse_sent(text: &'a str) -> Option<Self> {
        Self::read(text, |host| host.strip_suffix('.').unwrap_or(host)).ok()
    }

    fn read(text: &'a str, name: impl Fn(&'a str) -> &'a str) -> Result<Self, &'static str> {
        if let Some(rest) = text.strip_prefix('[') {
            let Some((host, rest)) = rest.split_once(']') else {
                return Err("`[` without `]`");
            };
            if host.parse::<Ipv6Addr>().is_err() {
                return Err("no IPv6 address between `[` and `]`");
            }
            let port = match rest.strip_prefix(':') {
                Some(port) => Some(port_number(port)?),
                None if rest.is_empty() => None,
                None => return Err("only a port may follow `]`"),
            };
            return Ok(Self { host, port });
        }
        let (host, port) = match text.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err("an IPv6 address stands in `[` and `]`");
            }
            Some((host, port)) => (host, Some(port_number(port)?)),
            None => (text, None),
        };
        let host = name(host);
        host_name(host)?;
        Ok(Self { host, port })
    }

    /// Whether this is the same host: letters in any case, IPv6 addresses in any spelling.
    ///
    /// ```
    /// # use xmcp_config::Authority;
    /// assert!(Authority::parse("[0:0::1]")?.has_host("::1"));
    /// assert!(!Authority::parse("localhost.evil.example")?.has_host("localhost"));
    /// # Ok::<(), &'static str>(())
    /// ```
    #[must_use]
    pub fn has_host(&self, host: &str) -> bool {
        if self.host.eq_ignore_ascii_case(host) {
            return true;
        }
        // Whether it is one is dear to find out, and most hosts are none.
        if !is_ipv6(self.host) || !is_ipv6(host) {
            return false;
        }
        match (self.host.parse::<Ipv6Addr>(), host.parse::<Ipv6Addr>()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        }
    }
}

/// As it stands in a URL: an IPv6 address in brackets.
impl fmt::Display for Authority<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(formatter, "[{}]", self.host)?;
        } else {
            formatter.write_str(self.host)?;
        }
        match self.port {
            Some(port) => write!(formatter, ":{port}"),
            None => Ok(()),
        }
    }
}

/// Whether `name` can be the name of a host, or an IPv4 address.
pub(crate) fn host_name(name: &str) -> Result<(), &'static str> {
    if name.is_empty() {
        return Err("the host is missing");
    }
    if name.len() > 253 {
        return Err("the host is longer than 253 characters");
    }
    if !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    {
        return Err("a host has only letters, digits, `-`, `_` and `.`");
    }
    if name
        .as_bytes()
        .split(|byte| *byte == b'.')
        .any(<[u8]>::is_empty)
    {
        return Err("a host has a name before and after each `.`");
    }
    Ok(())
}

/// Whether a host that was read is an IPv6 address: no other has a colon.
fn is_ipv6(host: &str) -> bool {
    host.bytes().any(|byte| byte == b':')
}

fn port_number(text: &str) -> Result<u16, &'static str> {
    // `parse` alone would take `+80` and `080`, which no browser sends.
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the port is not a number from 1 to 65535");
    }
    text.parse()
        .map_err(|_| "the port is not a number from 1 to 65535")
}

#[cfg(test)]
mod tests {
    use super::Authority;

    fn sent(text: &str) -> Option<(&str, Option<u16>)> {
        Authority::parse_sent(text).map(|authority| (authority.host, authority.port))
    }

    #[test]
    fn reads_names_addresses_and_ports() {
        for (text, host, port) in [
            ("localhost", "localhost", None),
            ("127.0.0.1:80", "127.0.0.1", Some(80)),
            ("[::1]:3001", "::1", Some(3001)),
            ("[::1]", "::1", None),
            ("my_host-1.example", "my_host-1.example", None),
        ] {
            assert_eq!(sent(text), Some((host, port)));
            let authority = Authority::parse(text).unwrap();
            assert_eq!((authority.host, authority.port), (host, port));
            assert_eq!(authority.to_string(), text);
        }
    }

    #[test]
    fn a_dot_may_end_what_is_sent_and_not_what_is_set() {
        assert_eq!(sent("LocalHost.:3001"), Some(("LocalHost", Some(3001))));
        assert!(Authority::parse("LocalHost.:3001").is_err());
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
            "host:080",
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
            assert_eq!(sent(text), None, "{text:?}");
            assert!(Authority::parse(text).is_err(), "{text:?}");
        }
    }
}
