//! One thing for each name that a resource has, made at start. A request chooses among them and adds none.

use http::{HeaderMap, Uri, header};

/// What belongs to each spelling of a resource's host. Never empty.
#[derive(Debug, Clone)]
pub(crate) struct Spellings<T> {
    first: T,
    others: Vec<(String, T)>,
}

impl<T> Spellings<T> {
    /// `first` is for every request that names none of the others.
    pub(crate) fn new(first: T, others: Vec<(String, T)>) -> Self {
        Self { first, others }
    }

    /// The one whose host the request names.
    pub(crate) fn of(&self, uri: &Uri, headers: &HeaderMap) -> &T {
        if self.others.is_empty() {
            return &self.first;
        }
        let named = match uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok()),
        };
        let named = named.unwrap_or_default();
        self.others
            .iter()
            .find(|(host, _)| is_at(named, host))
            .map_or(&self.first, |(_, of)| of)
    }
}

/// Whether an authority is this host's, with a port or without.
fn is_at(authority: &str, host: &str) -> bool {
    let (Some(start), Some(rest)) = (authority.get(..host.len()), authority.get(host.len()..))
    else {
        return false;
    };
    start.eq_ignore_ascii_case(host)
        && match rest.as_bytes() {
            [] => true,
            [b':', port @ ..] => !port.iter().any(|byte| matches!(byte, b':' | b']')),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::host_of;

    #[test]
    fn an_authority_is_a_hosts_with_a_port_or_without() {
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        for authority in [
            "",
            ":",
            ":80",
            "localhost",
            "LocalHost",
            "localhost:",
            "localhost:3000",
            "localhost:30:00",
            "localhost]:80",
            "localhost:]",
            "localhostess",
            "localhos",
            "127.0.0.1:3000",
            "[::1]",
            "[::1]:3000",
            "[::1",
            "[::1]3000",
            "::1",
            "lokal\u{f6}:1",
        ] {
            for host in hosts {
                let expected = host_of(authority).eq_ignore_ascii_case(host);
                assert_eq!(is_at(authority, host), expected, "{authority} {host}");
            }
        }
    }
}
