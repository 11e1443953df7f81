//! A document that is fetched again and again.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

use super::{FetchError, Outgoing, Peer, Reach, Target};

/// Fetches one document, again and again.
pub(crate) struct Fetcher {
    peer: Peer,
}

/// A document as it came.
pub(crate) struct Fetched {
    pub(crate) body: Bytes,
    /// What `Cache-Control` says of its age.
    pub(crate) max_age: Option<Duration>,
}

impl Fetcher {
    /// Connects to nothing and reads nothing.
    pub(crate) fn new(target: Target, limit: usize) -> Self {
        Self::reaching(target, limit, Reach::Anywhere)
    }

    /// The same from a host that may not have every address.
    pub(crate) fn reaching(target: Target, limit: usize, reach: Reach) -> Self {
        // A document is fetched every few minutes: a connection kept for it would be closed by then.
        Self {
            peer: Peer::new(target, limit)
                .without_idle_connections()
                .reaching(reach),
        }
    }

    pub(crate) fn target(&self) -> &Target {
        self.peer.target()
    }

    /// The document, if it comes whole, in time, at once, and with status 200.
    pub(crate) async fn fetch(&self) -> Result<Fetched, FetchError> {
        let answer = self
            .peer
            .send_expecting(Outgoing::get(), StatusCode::OK)
            .await?;
        Ok(Fetched {
            max_age: max_age(&answer.headers),
            body: answer.body,
        })
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
