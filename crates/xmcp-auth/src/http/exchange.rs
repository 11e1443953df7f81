//! Requests to one origin, of any method and with a body, on connections that are kept for the next.

use std::{fmt, sync::OnceLock, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{Target, client_for};

const CONNECT: Duration = Duration::from_secs(5);
/// Connections that wait for the next request, and how long they do.
const IDLE: (usize, Duration) = (8, Duration::from_secs(30));
/// A server that says to come back in a year is not waited for that long.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Sends requests to one origin.
pub(crate) struct Exchange {
    origin: Target,
    limit: usize,
    client: OnceLock<reqwest::Client>,
}

/// One request.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    /// The segments of the path. None of them may be `.` or `..`, which a URL cannot have.
    pub(crate) segments: &'a [&'a str],
    pub(crate) query: &'a [(&'static str, String)],
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) content: Option<Content>,
}

/// The body of a request.
#[derive(Clone)]
pub(crate) enum Content {
    Form(String),
    Json(String),
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The seconds of `Retry-After`, a day at most (RFC 9110, section 10.2.3).
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    Transport(reqwest::Error),
    Timeout,
    TooLong { limit: usize },
}

impl Exchange {
    /// Connects to nothing and reads nothing. Answers have at most `limit` bytes.
    pub(crate) fn new(origin: Target, limit: usize) -> Self {
        Self {
            origin,
            limit,
            client: OnceLock::new(),
        }
    }

    /// The answer, if it comes whole and in time.
    pub(crate) async fn send(
        &self,
        request: Outgoing<'_>,
        until: Instant,
    ) -> Result<Answer, ExchangeError> {
        timeout_at(until, self.answer(request))
            .await
            .unwrap_or(Err(ExchangeError::Timeout))
    }

    async fn answer(&self, request: Outgoing<'_>) -> Result<Answer, ExchangeError> {
        let transport = |source: reqwest::Error| ExchangeError::Transport(source.without_url());
        let url = self.url(request.segments, request.query);
        let mut builder = self
            .client()
            .map_err(transport)?
            .request(request.method, url)
            .header(header::ACCEPT, "application/json");
        if let Some(mut authorization) = request.authorization {
            authorization.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, authorization);
        }
        builder = match request.content {
            None => builder,
            Some(content) => {
                let (kind, body) = match content {
                    Content::Form(body) => ("application/x-www-form-urlencoded", body),
                    Content::Json(body) => ("application/json", body),
                };
                builder.header(header::CONTENT_TYPE, kind).body(body)
            }
        };
        let mut response = builder.send().await.map_err(transport)?;
        let (status, retry_after) = (response.status(), retry_after(response.headers()));
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(transport)? {
            if body.len() + chunk.len() > self.limit {
                return Err(ExchangeError::TooLong { limit: self.limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            retry_after,
            body: body.freeze(),
        })
    }

    fn url(&self, segments: &[&str], query: &[(&'static str, String)]) -> Url {
        let mut url = self.origin.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.clear().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn client(&self) -> Result<&reqwest::Client, reqwest::Error> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client_for(&self.origin)
            .connect_timeout(CONNECT)
            .pool_max_idle_per_host(IDLE.0)
            .pool_idle_timeout(IDLE.1)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.origin, formatter)
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds = seconds.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_stays_one_and_a_query_takes_any_text() {
        let origin = Target::new("https://env.example/".parse().unwrap()).unwrap();
        let exchange = Exchange::new(origin, 1);
        let url = |segments: &[&str], query: &[(&'static str, String)]| {
            exchange.url(segments, query).to_string()
        };
        assert_eq!(
            url(&["api", "v1", "users:search"], &[]),
            "https://env.example/api/v1/users:search"
        );
        assert_eq!(
            url(&["a/b?c#d%2e"], &[("query", "a&b=/../%é".to_owned())]),
            "https://env.example/a%2Fb%3Fc%23d%252e?query=a%26b%3D%2F..%2F%25%C3%A9"
        );
    }

    #[test]
    fn the_time_to_wait_is_seconds_and_a_day_at_most() {
        let of = |value: &'static str| {
            retry_after(&HeaderMap::from_iter([(
                header::RETRY_AFTER,
                HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert_eq!(of("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(of("soon"), None);
        assert_eq!(of("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
