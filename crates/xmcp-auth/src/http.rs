//! Every request this crate sends goes out here.
//!
//! 1. `https` only; `http` to this machine alone. A URL carries no credentials.
//! 2. No redirects: where a document is, configuration says and not the answer.
//! 3. 3 seconds to connect, 5 in all, and a body no longer than the caller says.
//! 4. Errors name the URL without its query.
//! 5. What somebody else's document names is asked only if it is on the internet, and the connection itself sees to that
//!    ([`Reach`]).

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use url::{Host, Url};

use crate::resolver::{Inside, Reach, Resolver};

const CONNECT: Duration = Duration::from_secs(3);
const TOTAL: Duration = Duration::from_secs(5);

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

/// Fetches one document, again and again.
pub(crate) struct Fetcher {
    target: Target,
    limit: usize,
    reach: Reach,
    client: OnceLock<reqwest::Client>,
}

/// A document as it came.
pub(crate) struct Fetched {
    pub(crate) body: Bytes,
    /// What `Cache-Control` says of its age.
    pub(crate) max_age: Option<Duration>,
}

/// Why there is no document. Shows no more of the URL than its origin and path.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("`{target}` cannot be reached")]
    Transport {
        target: Target,
        #[source]
        source: reqwest::Error,
    },
    #[error("`{target}` did not answer within {} seconds", TOTAL.as_secs())]
    Timeout { target: Target },
    #[error("`{target}` answered {status}")]
    Status { target: Target, status: StatusCode },
    #[error("`{target}` answered with more than {limit} bytes")]
    TooLong { target: Target, limit: usize },
    #[error("`{target}` is not asked: {inside}")]
    Inside { target: Target, inside: Box<Inside> },
}

impl Fetcher {
    /// Connects to nothing and reads nothing.
    pub(crate) fn new(target: Target, limit: usize) -> Self {
        Self::reaching(target, limit, Reach::Anywhere)
    }

    /// The same for a host that may not have every address.
    pub(crate) fn reaching(target: Target, limit: usize, reach: Reach) -> Self {
        Self {
            target,
            limit,
            reach,
            client: OnceLock::new(),
        }
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// The document, if it comes whole, in time, at once, and with status 200.
    pub(crate) async fn fetch(&self) -> Result<Fetched, FetchError> {
        tokio::time::timeout(TOTAL, self.get())
            .await
            .unwrap_or_else(|_| {
                Err(FetchError::Timeout {
                    target: self.target.clone(),
                })
            })
    }

    async fn get(&self) -> Result<Fetched, FetchError> {
        let transport = |source: reqwest::Error| FetchError::Transport {
            target: self.target.clone(),
            source: source.without_url(),
        };
        // An address in the URL is connected to without asking the resolver.
        self.reach
            .check_literal(&self.target.0)
            .map_err(|inside| FetchError::Inside {
                target: self.target.clone(),
                inside: Box::new(inside),
            })?;
        let mut response = self
            .client()
            .map_err(transport)?
            .get(self.target.0.clone())
            .header(header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(transport)?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status {
                target: self.target.clone(),
                status: response.status(),
            });
        }
        let max_age = max_age(response.headers());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > self.limit {
                return Err(FetchError::TooLong {
                    target: self.target.clone(),
                    limit: self.limit,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Fetched {
            body: body.freeze(),
            max_age,
        })
    }

    /// Made at the first request: reading the system's root certificates is work, and can fail, which start must not.
    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // A document is fetched every few minutes: a connection kept for it would be closed by then.
            .pool_max_idle_per_host(0)
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ));
        if let (false, Some(host)) = (
            matches!(self.reach, Reach::Anywhere),
            self.target.0.host_str(),
        ) {
            builder = builder.dns_resolver(Arc::new(Resolver::new(host, self.reach.clone())));
        }
        if is_loopback(&self.target.0) {
            // A proxy of the environment has another idea of what this machine is.
            builder = builder.no_proxy();
        }
        if self.target.0.scheme() == "http" {
            // So that a machine without root certificates can ask itself.
            builder = builder.tls_certs_only([]);
        }
        let client = builder.build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// `max-age` of `Cache-Control` (RFC 9111, section 5.2.2.1).
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|directive| directive.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"))
        .and_then(|(_, seconds)| seconds.trim().trim_matches('"').parse().ok())
        .map(Duration::from_secs)
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
    fn max_age_is_read_from_among_the_directives() {
        let of = |value: &'static str| {
            max_age(&HeaderMap::from_iter([(
                header::CACHE_CONTROL,
                http::HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(of("public, Max-Age=300"), Some(Duration::from_secs(300)));
        assert_eq!(
            of("max-age=\"60\", must-revalidate"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(of("max-age=-1"), None);
        assert_eq!(of("no-store"), None);
        assert_eq!(max_age(&HeaderMap::new()), None);
    }
}
