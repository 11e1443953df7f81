//! Why a call of Scalekit came to nothing. What the server says of it is the source, bounded and escaped: for the log, not for callers.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use serde_json::error::Category;

use crate::http::{Answer, FetchError};

/// Why a call of Scalekit came to nothing.
///
/// Its text names the kind alone, so that it may be shown to whoever called a tool. What Scalekit said of it is its
/// [`source`](Error::source) and its [`refusal`](ScalekitError::refusal).
///
/// None of these is tried again by the client itself.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ScalekitError {
    /// There is no such thing: 404.
    #[error("Scalekit has nothing of this id")]
    NotFound(#[source] Refusal),
    /// Too many requests to the environment: 429.
    #[error("Scalekit is asked too often{}", wait(.retry_after))]
    RateLimited {
        /// When to come again, if the answer says so. A day at most.
        retry_after: Option<Duration>,
        /// What Scalekit said.
        #[source]
        refusal: Refusal,
    },
    /// The access token was refused, a second time with a new one, or the credentials were: 401.
    #[error("Scalekit does not take the credentials of this server")]
    Unauthorized(#[source] Refusal),
    /// The credentials do not allow this: 403.
    #[error("Scalekit does not allow this to the credentials of this server")]
    Forbidden(#[source] Refusal),
    /// The request cannot be done as it is: 400, 409 and what else begins with 4.
    #[error("Scalekit does not take the request as it is")]
    Invalid(#[source] Refusal),
    /// Scalekit failed: 500 and what else begins with 5.
    #[error("Scalekit failed; try again later")]
    Server(#[source] Refusal),
    /// There was no answer in time.
    #[error("Scalekit did not answer in time")]
    Timeout,
    /// There was no connection, or it broke.
    #[error("Scalekit cannot be reached")]
    Transport(#[source] TransportError),
    /// The answer is not what it must be, or longer than 1 MiB.
    #[error("Scalekit answered what cannot be read: {0}")]
    Malformed(String),
    /// What was given as an id is none: it is empty, longer than 255 characters, or has others than letters, digits, `_` and `-` of
    /// ASCII. Nothing was sent. An escaped `/` would be one again to a server that decodes before it routes.
    #[error("`{id}` cannot be the id of {what}")]
    Id {
        /// Whose id it was to be.
        what: &'static str,
        /// The beginning of it, escaped.
        id: String,
    },
}

/// What Scalekit said when it refused: bounded, and without anything that a terminal obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// The status of the answer; 404 where a list has nothing of what was looked for.
    pub status: u16,
    /// The error's name, like `RATE_LIMITED`.
    pub error_code: Option<String>,
    /// What it says to people.
    pub message: Option<String>,
}

/// What is wrong with the connection.
#[derive(Debug, Clone)]
pub struct TransportError(Arc<dyn Error + Send + Sync>);

impl ScalekitError {
    /// What Scalekit said, if it answered with an error.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::NotFound(refusal)
            | Self::RateLimited { refusal, .. }
            | Self::Unauthorized(refusal)
            | Self::Forbidden(refusal)
            | Self::Invalid(refusal)
            | Self::Server(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The error that an answer is which is no success.
    pub(super) fn refused(answer: &Answer) -> Self {
        let refusal = Refusal::of(answer);
        match answer.status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized(refusal),
            StatusCode::FORBIDDEN => Self::Forbidden(refusal),
            StatusCode::NOT_FOUND => Self::NotFound(refusal),
            StatusCode::TOO_MANY_REQUESTS => Self::RateLimited {
                retry_after: retry_after(&answer.headers),
                refusal,
            },
            status if status.is_client_error() => Self::Invalid(refusal),
            status if status.is_server_error() => Self::Server(refusal),
            status => Self::Malformed(format!("status {}", status.as_u16())),
        }
    }

    /// Says where it is malformed and not how: the reader's own words would repeat what stands there, which may be anybody's.
    pub(super) fn malformed(error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            Category::Data => "another form than expected",
            _ => "no JSON",
        };
        Self::Malformed(format!(
            "{what}, at line {} column {}",
            error.line(),
            error.column()
        ))
    }

    pub(super) fn broken(error: impl Error + Send + Sync + 'static) -> Self {
        Self::Transport(TransportError(Arc::new(error)))
    }
}

impl From<FetchError> for ScalekitError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Transport { source, .. } => Self::broken(source),
            FetchError::Inside { inside, .. } => Self::broken(*inside),
            FetchError::Timeout { .. } => Self::Timeout,
            FetchError::TooLong { .. } | FetchError::Status { .. } => {
                Self::Malformed(error.to_string())
            }
        }
    }
}

/// An error of the interface, in the manner of gRPC, or of the token endpoint (RFC 6749, section 5.2). Any other body is an error too,
/// of which less is known.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    message: Option<String>,
    details: Vec<Detail>,
    error: Option<String>,
    error_description: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Detail {
    error_code: Option<String>,
}

impl Refusal {
    pub(super) fn nothing(message: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND.as_u16(),
            error_code: None,
            message: Some(message.to_owned()),
        }
    }

    fn of(answer: &Answer) -> Self {
        let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
        let code = body
            .details
            .into_iter()
            .find_map(|detail| detail.error_code);
        let bounded = |text: Option<String>, limit| {
            text.filter(|text| !text.is_empty())
                .map(|text| excerpt(&text, limit))
        };
        Self {
            status: answer.status.as_u16(),
            error_code: bounded(code.or(body.error), 64),
            message: bounded(body.message.or(body.error_description), 256),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "status {}", self.status)?;
        if let Some(code) = &self.error_code {
            write!(formatter, " {code}")?;
        }
        match &self.message {
            Some(message) => write!(formatter, ": {message}"),
            None => Ok(()),
        }
    }
}

impl Error for Refusal {}

impl fmt::Display for TransportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// The seconds of `Retry-After` (RFC 9110, section 10.2.3). Who says to come back in a year is not waited for that long.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds = seconds.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

fn wait(retry_after: &Option<Duration>) -> String {
    match retry_after {
        Some(wait) => format!("; try again in {} seconds", wait.as_secs()),
        None => "; try again later".to_owned(),
    }
}

/// A text of others: cut short, and nothing in it that a terminal obeys.
pub(super) fn excerpt(text: &str, limit: usize) -> String {
    text.chars()
        .flat_map(char::escape_debug)
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn error(status: u16, body: &str) -> ScalekitError {
        ScalekitError::refused(&Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        })
    }

    #[test]
    fn what_the_server_said_is_the_source_bounded_and_escaped() {
        let text = format!(
            r#"{{"code":3,"message":"\u001b[31m{}","details":[{{"@type":"x"}},{{"error_code":"BAD\nNAME"}}]}}"#,
            "m".repeat(5000)
        );
        let error = error(400, &text);
        assert_eq!(
            error.to_string(),
            "Scalekit does not take the request as it is"
        );
        let refusal = error.refusal().unwrap();
        assert_eq!(refusal.error_code.as_deref(), Some("BAD\\nNAME"));
        let message = refusal.message.as_deref().unwrap();
        assert!(message.starts_with("\\u{1b}[31mmm") && message.len() == 256);
        let said = error.source().unwrap().to_string();
        assert!(
            said.starts_with("status 400 BAD\\nNAME: \\u{1b}[31m"),
            "{said}"
        );
    }

    #[test]
    fn what_cannot_be_read_is_not_repeated() {
        for (body, said) in [
            (
                r#""hunter2-token""#,
                "another form than expected, at line 1 column 15",
            ),
            (r#"[hunter2"#, "no JSON, at line 1 column 2"),
            ("", "no JSON, at line 1 column 0"),
        ] {
            let error = serde_json::from_str::<Vec<u8>>(body).unwrap_err();
            assert_eq!(
                ScalekitError::malformed(&error).to_string(),
                format!("Scalekit answered what cannot be read: {said}")
            );
        }
    }

    #[test]
    fn any_body_will_do_for_an_error() {
        for body in [
            "",
            "<html>",
            "[]",
            "null",
            r#"{"message":5}"#,
            r#"{"details":{}}"#,
        ] {
            let error = error(503, body);
            assert!(matches!(&error, ScalekitError::Server(_)), "{body}");
            assert_eq!(error.source().unwrap().to_string(), "status 503", "{body}");
        }
    }

    #[test]
    fn each_status_is_its_kind_of_error() {
        let is = |status, kind: fn(&ScalekitError) -> bool| {
            let error = error(status, "{}");
            assert!(kind(&error), "{status} {error:?}");
        };
        is(401, |it| matches!(it, ScalekitError::Unauthorized(_)));
        is(403, |it| matches!(it, ScalekitError::Forbidden(_)));
        is(404, |it| matches!(it, ScalekitError::NotFound(_)));
        is(429, |it| matches!(it, ScalekitError::RateLimited { .. }));
        for status in [400, 405, 409, 418, 422] {
            is(status, |it| matches!(it, ScalekitError::Invalid(_)));
        }
        for status in [500, 501, 503, 599] {
            is(status, |it| matches!(it, ScalekitError::Server(_)));
        }
        is(302, |it| matches!(it, ScalekitError::Malformed(_)));
    }

    #[test]
    fn the_time_to_wait_is_seconds_and_a_day_at_most() {
        let of = |value: &'static str| {
            retry_after(&HeaderMap::from_iter([(
                header::RETRY_AFTER,
                http::HeaderValue::from_static(value),
            )]))
        };
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert_eq!(of("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(of("soon"), None);
        assert_eq!(of("-1"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
