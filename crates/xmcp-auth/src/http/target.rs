//! Where a request may go.

use std::fmt;

use url::{Host, Url};

/// A URL that may be asked: checked once, at configuration.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target(Url);

/// Why a URL may not be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TargetError {
    /// It is neither `https` nor `http` to this machine.
    #[error("must be `https`; `http` is for `localhost`, `127.0.0.1` and `[::1]` only")]
    Scheme,
    /// It has a user name or a password.
    #[error("must not contain a user name or password")]
    Credentials,
    /// It has a fragment, which no server sees.
    #[error("must not contain a fragment")]
    Fragment,
}

impl Target {
    pub(crate) fn new(url: Url) -> Result<Self, TargetError> {
        let allowed = match url.scheme() {
            "https" => url.host().is_some(),
            "http" => is_loopback(&url),
            _ => false,
        };
        if !allowed {
            return Err(TargetError::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::Credentials);
        }
        if url.fragment().is_some() {
            return Err(TargetError::Fragment);
        }
        Ok(Self(url))
    }

    /// The URL with these segments below its path, and with this query.
    pub(super) fn below(&self, segments: &[String], query: &[(&'static str, String)]) -> Url {
        let mut url = self.0.clone();
        if let (false, Ok(mut path)) = (segments.is_empty(), url.path_segments_mut()) {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Without the query: a key in there is nobody's business.
impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}{}",
            self.0.origin().ascii_serialization(),
            self.0.path()
        )
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<Target, TargetError> {
        Target::new(Url::parse(url).unwrap())
    }

    #[test]
    fn only_https_and_this_machine_may_be_asked() {
        for good in [
            "https://env.scalekit.dev/keys",
            "http://localhost:8080/keys",
            "http://127.0.0.1:1/keys",
            "http://127.8.9.1/keys",
            "http://[::1]:1/keys",
        ] {
            assert!(target(good).is_ok(), "{good}");
        }
        for (bad, error) in [
            ("http://env.scalekit.dev/keys", TargetError::Scheme),
            ("http://localhost.evil.example/keys", TargetError::Scheme),
            ("http://169.254.169.254/keys", TargetError::Scheme),
            ("http://[::ffff:7f00:1]/keys", TargetError::Scheme),
            ("file:///etc/passwd", TargetError::Scheme),
            ("https://user@env.example/keys", TargetError::Credentials),
            ("https://:pass@env.example/keys", TargetError::Credentials),
            ("https://env.example/keys#a", TargetError::Fragment),
        ] {
            assert_eq!(target(bad), Err(error), "{bad}");
        }
    }

    #[test]
    fn a_target_prints_no_query() {
        let target = target("https://env.example:8443/keys?token=secret").unwrap();
        assert_eq!(
            format!("{target} {target:?}"),
            "https://env.example:8443/keys https://env.example:8443/keys"
        );
    }

    #[test]
    fn a_segment_stays_one_and_a_query_takes_any_text() {
        let target = target("https://env.example/").unwrap();
        let below = |segments: &[&str], query: &[(&'static str, String)]| {
            let segments: Vec<_> = segments.iter().map(|&it| it.to_owned()).collect();
            target.below(&segments, query).to_string()
        };
        assert_eq!(below(&[], &[]), "https://env.example/");
        assert_eq!(
            below(&["api", "v1", "users:search"], &[]),
            "https://env.example/api/v1/users:search"
        );
        assert_eq!(
            below(&["a/b?c#d%2e"], &[("query", "a&b=/../%é".to_owned())]),
            "https://env.example/a%2Fb%3Fc%23d%252e?query=a%26b%3D%2F..%2F%25%C3%A9"
        );
    }
}
