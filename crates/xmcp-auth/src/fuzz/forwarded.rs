//! What proxies, and strangers before them, say of where a request came from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};

use crate::{ClientAddress, TrustedProxies};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const TRUSTED: [&str; 3] = ["10.0.0.0/8", "fd00::/8", "127.0.0.1"];
const PROXY: &str = "10.0.0.1";
/// Whom the last proxy saw, where it says so itself.
const SEEN: &str = "198.51.100.77";

/// Each line the value of `X-Forwarded-For`, or `forwarded:` and the value of that header (RFC 7239): a peer that nobody trusts is where a
/// request came from, whatever it says. A trusted proxy makes no request local, leads to an address that stands in a header or is its
/// own, and nothing that a stranger writes gets past what such a proxy adds.
pub fn forwarded(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(8) {
        let (name, line) = match line.strip_prefix(b"forwarded:") {
            Some(value) => (header::FORWARDED, value),
            None => (X_FORWARDED_FOR, line),
        };
        // What HTTP allows in no value never gets here.
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    for (peer, is_local) in [("203.0.113.9", false), ("::1", true)] {
        let stranger = client(peer, &headers);
        assert_eq!(stranger.ip().to_string(), peer);
        assert_eq!(stranger.is_local(), is_local);
    }

    let found = client("127.0.0.1", &headers);
    assert_eq!(found.is_local(), headers.is_empty());
    let text: Vec<u8> = headers
        .values()
        .flat_map(|value| [value.as_bytes(), b" "].concat())
        .collect();
    assert!(
        found.ip() == ip("127.0.0.1") || named(&text).contains(&found.ip()),
        "{found:?}"
    );

    let (name, entry) = match headers.contains_key(&X_FORWARDED_FOR) || headers.is_empty() {
        true => (X_FORWARDED_FOR, SEEN.to_owned()),
        false => (header::FORWARDED, format!("for={SEEN};proto=https")),
    };
    let entry = HeaderValue::from_str(&entry).expect("it is a value");
    headers.append(name, entry);
    assert_eq!(client(PROXY, &headers).ip(), ip(SEEN));
}

fn client(peer: &str, headers: &HeaderMap) -> ClientAddress {
    let proxies = TrustedProxies::parse(TRUSTED).expect("they are networks");
    let mut extensions = Extensions::new();
    extensions.insert(ConnectInfo(SocketAddr::new(ip(peer), 4711)));
    let client = proxies.client(&extensions, headers);
    client.expect("there is a peer")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("it is an address")
}

/// Every address in this text, read by somebody else than `limits/address.rs`: whatever stands between other characters than an
/// address has, with a port or without.
fn named(text: &[u8]) -> Vec<IpAddr> {
    let is_other = |byte: &u8| !(byte.is_ascii_hexdigit() || b".:".contains(byte));
    text.split(is_other)
        .filter_map(|word| std::str::from_utf8(word).ok())
        .flat_map(|word| [Some(word), word.rsplit_once(':').map(|(before, _)| before)])
        .filter_map(|word| word?.parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .collect()
}
