//! `host` and `host:port`, as they stand in URLs, origins and `Host` headers.

use std::net::Ipv6Addr;

/// A host and its port, if one is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Authority<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// Reads `text`, which must be nothing else than a host and a port. The error says what is wrong with it.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if let Some(rest) = text.strip_prefix('[') {
            let Some((address, rest)) = rest.split_once(']') else {
                return Err("`[` without `]`");
            };
            if address.parse::<Ipv6Addr>().is_err() {
                return Err("no IPv6 address between `[` and `]`");
            }
            let port = match rest.strip_prefix(':') {
                Some(port) => Some(port_number(port)?),
                None if rest.is_empty() => None,
                None => return Err("only a port may follow `]`"),
            };
            return Ok(Self {
                host: &text[..address.len() + 2],
                port,
            });
        }
        let (host, port) = match text.split_once(':') {
            Some((_, port)) if port.contains(':') => {
                return Err("an IPv6 address stands in `[` and `]`");
            }
            Some((host, port)) => (host, Some(port_number(port)?)),
            None => (text, None),
        };
        host_name(host)?;
        Ok(Self { host, port })
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
    if name.split('.').any(str::is_empty) {
        return Err("a host has a name before and after each `.`");
    }
    Ok(())
}

fn port_number(text: &str) -> Result<u16, &'static str> {
    // `parse` alone would take `+80` and `080`, which no browser sends.
    if text.starts_with('0') || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the port is not a number from 1 to 65535");
    }
    text.parse()
        .map_err(|_| "the port is not a number from 1 to 65535")
}
