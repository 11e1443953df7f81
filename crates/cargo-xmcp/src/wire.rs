//! Single HTTP requests to servers that may be anything: bounded in time and size, without redirects, and with errors that say what
//! is the matter.

use std::{error::Error, time::Duration};

use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use crate::{Failure, Result, endpoint, text};

/// How much of an answer is read.
const BODY: usize = 1024 * 1024;

/// How much of a body is quoted.
const EXCERPT: usize = 200;

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Silence {
    /// The name of the host is not known.
    UnknownHost,
    /// Nobody listens there.
    Refused,
    /// The time was over.
    TimedOut,
    /// The other side's certificate, or its TLS, is not good.
    Tls,
    /// Something answers that is not HTTP, or hung up.
    Other,
}

/// A client for requests that are answered within `timeout`. It follows no redirects, so that nobody is asked but who was named.
pub(crate) fn client(timeout: Duration, headers: HeaderMap) -> Result<reqwest::Client> {
    builder(timeout, headers)
        .timeout(timeout)
        .build()
        .map_err(unusable)
}

/// The same without a limit for the whole of a request: the limits are its caller's.
pub(crate) fn builder(timeout: Duration, headers: HeaderMap) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("cargo-xmcp/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .default_headers(headers)
}

/// Why there can be no client.
pub(crate) fn unusable(error: reqwest::Error) -> Failure {
    Failure::new("cannot make an HTTP client")
        .because(&error)
        .hint("it is about this machine's root certificates, or about a proxy variable like `HTTPS_PROXY`")
}

/// Sends a request, and reads the answer up to its limit. A stream of events is read up to its first event.
pub(crate) async fn send(
    request: reqwest::RequestBuilder,
) -> std::result::Result<Answer, reqwest::Error> {
    let mut response = request.send().await?;
    let mut answer = Answer {
        status: response.status(),
        headers: std::mem::take(response.headers_mut()),
        body: Vec::new(),
    };
    let is_stream = answer.content_type() == "text/event-stream";
    while let Some(chunk) = response.chunk().await? {
        let room = BODY - answer.body.len();
        answer
            .body
            .extend_from_slice(&chunk[..chunk.len().min(room)]);
        if answer.body.len() == BODY || is_stream && answer.json().is_some() {
            break;
        }
    }
    Ok(answer)
}

impl Answer {
    /// The media type, in lower case and without parameters.
    pub(crate) fn content_type(&self) -> String {
        let value = self.header(header::CONTENT_TYPE).unwrap_or_default();
        let (value, _) = value.split_once(';').unwrap_or((value, ""));
        value.trim().to_lowercase()
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON, or that of the first event that has some.
    pub(crate) fn json(&self) -> Option<Value> {
        if self.content_type() != "text/event-stream" {
            return serde_json::from_slice(&self.body).ok();
        }
        let text = String::from_utf8_lossy(&self.body);
        text.lines()
            .filter_map(|line| line.strip_prefix("data:"))
            .find_map(|data| serde_json::from_str(data.trim()).ok())
    }

    /// Whether it is an answer of an MCP server's: a JSON-RPC message.
    pub(crate) fn is_message(&self) -> bool {
        self.json().is_some_and(|json| json["jsonrpc"] == "2.0")
    }

    /// The beginning of the body, as one line that can be printed.
    pub(crate) fn excerpt(&self) -> String {
        text::line(&String::from_utf8_lossy(&self.body), EXCERPT)
    }
}

impl Silence {
    /// What kind of error it is.
    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        let all = causes(error).join("\n").to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| all.contains(word));
        // hyper and rustls have no common type for these.
        if has(&["dns error", "failed to lookup"]) {
            Self::UnknownHost
        } else if has(&["certificate", "tls", "handshake", "invalidcontenttype"]) {
            Self::Tls
        } else if has(&["connection refused", "actively refused", "unreachable"]) {
            Self::Refused
        } else {
            Self::Other
        }
    }

    /// What to say of it, and what to do.
    pub(crate) fn failure(self, url: &Url, error: &reqwest::Error, timeout: Duration) -> Failure {
        let place = endpoint::place(url);
        let failure = match self {
            Self::UnknownHost => Failure::new(format!(
                "nobody knows the host `{}`",
                url.host_str().unwrap_or_default()
            )),
            Self::Refused => Failure::new(format!("nobody listens at {place}")),
            Self::TimedOut => Failure::new(format!(
                "{place} did not answer within {} s",
                timeout.as_secs()
            )),
            Self::Tls => Failure::new(format!("no safe connection to {place}")),
            Self::Other => Failure::new(format!("{place} gives no HTTP answer")),
        };
        let failure = match causes(error).last() {
            Some(cause) if matches!(self, Self::Tls | Self::Other) => {
                failure.note(text::line(cause, EXCERPT))
            }
            _ => failure,
        };
        failure.hint(self.hint(url))
    }

    /// What to do.
    pub(crate) fn hint(self, url: &Url) -> String {
        match self {
            Self::UnknownHost => {
                "check the spelling, and whether this machine is online".to_owned()
            }
            Self::Refused if endpoint::is_here(url) => {
                "start the server; with `cargo run` it says its URL on stderr".to_owned()
            }
            Self::Refused => "is the server running, and the port right?".to_owned(),
            Self::TimedOut => {
                "is there a firewall in between? `--timeout` gives it more time".to_owned()
            }
            Self::Tls if url.scheme() == "https" && endpoint::is_here(url) => {
                "a server on this machine mostly speaks `http://`".to_owned()
            }
            Self::Tls => {
                "see to the server's certificate; one of your own is trusted with `SSL_CERT_FILE`"
                    .to_owned()
            }
            Self::Other if url.scheme() == "http" => {
                "is it another kind of server, or is it to be `https://`?".to_owned()
            }
            Self::Other => "is it another kind of server, or is it to be `http://`?".to_owned(),
        }
    }
}

/// Whether a challenge asks for a token, which a sign-in gives (RFC 6750, section 3), and not for a key or a password.
pub(crate) fn is_bearer(challenge: &str) -> bool {
    challenge.to_ascii_lowercase().contains("bearer")
}

/// What led to an error, outermost first.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> Vec<String> {
    let mut causes = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        causes.push(error.to_string());
        next = error.source();
    }
    causes
}

/// The first request of a client of 2025-11-25.
pub(crate) fn initialize() -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "cargo-xmcp", "version": env!("CARGO_PKG_VERSION") },
        },
    })
}

/// What a client accepts of an endpoint.
pub(crate) const ACCEPT: HeaderValue =
    HeaderValue::from_static("application/json, text/event-stream");
