//! Hosts: what the server binds, and what clients call it.

use crate::{
    authority::{Authority, host_name},
    reason::{Reason, shown_without_user},
};
use std::net::{IpAddr, Ipv6Addr};

/// What the server binds: an address, or a name that stands for one.
pub(super) fn check_bind(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Host {
            found: shown_without_user(text),
            problem,
            remedy,
        })
    };
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = inner.filter(|address| address.parse::<Ipv6Addr>().is_ok()) {
        return refuse(
            "an IPv6 address to bind stands without brackets",
            format!("`{address}`"),
        );
    }
    if text.contains("://") {
        return refuse(
            "it is a URL",
            "the address to bind, such as `127.0.0.1`, and the URL as `public_url`".to_owned(),
        );
    }
    if let Ok(Authority {
        host,
        port: Some(_),
    }) = Authority::parse(text)
    {
        return refuse("it has a port", format!("`{host}`, and the port as `port`"));
    }
    match host_name(text) {
        Ok(()) => Ok(()),
        Err(problem) => refuse(problem, "an address such as `127.0.0.1`".to_owned()),
    }
}

/// A value of the `Host` header (RFC 9110, section 7.2).
pub(super) fn check(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Host {
            found: shown_without_user(text),
            problem,
            remedy,
        })
    };
    let example = || "`mcp.example.com` or `mcp.example.com:8443`".to_owned();
    if text.contains('@') {
        return refuse("it contains a user or a password", example());
    }
    if let Some((_, after)) = text.split_once("://") {
        let authority = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
        return refuse(
            "it is a URL",
            if Authority::parse(authority).is_ok() {
                format!("`{authority}`")
            } else {
                example()
            },
        );
    }
    if text.contains('*') {
        return refuse(
            "patterns are not supported",
            "each host by its name, such as `mcp.example.com`".to_owned(),
        );
    }
    match Authority::parse(text) {
        Ok(_) => Ok(()),
        Err(problem) => refuse(problem, example()),
    }
}
