//! Fuzz targets of the names in a request. `crate::fuzz` runs them.

use std::{net::Ipv6Addr, sync::LazyLock};

use axum::{body::Body, extract::Request};
use http::{HeaderValue, header, uri::Authority};
use xmcp_config::HttpSettings;

use super::{gate::Check, host::HostCheck, origin::OriginCheck};

static HOSTS: LazyLock<HostCheck> =
    LazyLock::new(|| HostCheck::new(&HttpSettings::default()).expect("the default is well"));

static ORIGINS: LazyLock<OriginCheck> = LazyLock::new(|| {
    OriginCheck::new(&HttpSettings::default(), true).expect("the default is well")
});

/// `Host` of a server on loopback: what is allowed is this machine to another reader of authorities too.
pub fn host(data: &[u8]) {
    if passes(&*HOSTS, header::HOST, data) {
        let text = std::str::from_utf8(data).expect("it was read");
        assert_loopback(text);
    }
}

/// `Origin` in development: what is allowed is a page of this machine over plain HTTP.
pub fn origin(data: &[u8]) {
    if passes(&*ORIGINS, header::ORIGIN, data) {
        let text = std::str::from_utf8(data).expect("it was read");
        let (scheme, rest) = text.split_once("://").expect("it was read");
        assert!(scheme.eq_ignore_ascii_case("http"), "{text}");
        assert_loopback(rest);
    }
}

fn passes(check: &impl Check, name: header::HeaderName, value: &[u8]) -> bool {
    let Ok(value) = HeaderValue::from_bytes(value) else {
        return false;
    };
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(name, value);
    check.refusal(&request).is_none()
}

#[track_caller]
fn assert_loopback(text: &str) {
    let authority: Authority = text
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    assert!(!text.contains('@'), "{text}");
    let host = authority.host();
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_address = |host: &str| host.parse() == Ok(Ipv6Addr::LOCALHOST);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    assert!(
        host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1" || is_address(bare),
        "{text}"
    );
}
