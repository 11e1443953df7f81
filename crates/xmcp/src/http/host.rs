//! Which names this server answers to. A page in a browser can point a name of its own at this machine (DNS rebinding), and the
//! `Host` it then sends is what tells it apart.
//!
//! 1. Exactly one name: HTTP/2's `:authority` or an absolute target, or else one `Host` header; if both stand there, they agree.
//! 2. While bound to loopback, `localhost`, `127.0.0.1` and `[::1]` are allowed with any port; nothing that merely resembles them is.
//! 3. The host of `public_url` is allowed with any port, because a proxy may add or drop it.
//! 4. An entry of `allowed_hosts` with a port means that port, one without means any.

use axum::{
    http::{Request, StatusCode, header},
    response::Response,
};
use xmcp_config::{Authority, DEFAULT_PORT, HttpSettings};

use super::{
    StartProblem,
    arrival::Knows,
    gate::Check,
    loopback::{is_loopback_host, is_loopback_name, without_brackets},
    origin::Origin,
    refusal::{INVALID_REQUEST, refusal},
};
use crate::excerpt::excerpt_of_bytes;

/// The check of the name that a request was sent to.
pub(super) struct HostCheck {
    loopback: bool,
    allowed: Vec<(String, Option<u16>)>,
    /// Allowed names as most clients write them. What is one of these to the letter need not be taken apart.
    usual: Vec<String>,
}

impl HostCheck {
    pub(super) fn new(settings: &HttpSettings) -> Result<Self, StartProblem> {
        let loopback = is_loopback_host(&settings.host);
        let mut allowed = Vec::new();
        for value in &settings.allowed_hosts {
            let host = Authority::parse_sent(value).ok_or_else(|| StartProblem::AllowedHost {
                value: value.clone(),
            })?;
            allowed.push((host.host.to_owned(), host.port));
        }
        if let Some(origin) = Origin::of_public_url(settings)? {
            allowed.push((origin.host, None));
        }
        if loopback {
            allowed.push((without_brackets(&settings.host).to_owned(), None));
        }
        let mut check = Self {
            loopback,
            allowed,
            usual: Vec::new(),
        };
        check.usual = check.spellings(settings.port.unwrap_or(DEFAULT_PORT));
        Ok(check)
    }

    /// The allowed names without a port, with this one, and with those of their own.
    fn spellings(&self, port: u16) -> Vec<String> {
        let near = ["localhost", "127.0.0.1", "::1"].map(|host| (host, None));
        let names = self.allowed.iter().map(|(host, port)| (&**host, *port));
        let mut spellings = Vec::new();
        for (host, own) in names.chain(near) {
            for port in [None, Some(own.unwrap_or(port))] {
                let text = Authority { host, port }.to_string();
                let is_allowed = Authority::parse_sent(&text).is_some_and(|host| self.allows(host));
                if is_allowed && !spellings.contains(&text) {
                    spellings.push(text);
                }
            }
        }
        spellings
    }

    fn allows(&self, authority: Authority<'_>) -> bool {
        if self.loopback && is_loopback_name(&authority) {
            return true;
        }
        self.allowed.iter().any(|(host, port)| {
            authority.has_host(host) && port.is_none_or(|port| authority.port == Some(port))
        })
    }
}

impl Check for HostCheck {
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response> {
        let named = request
            .uri()
            .authority()
            .map(|authority| authority.as_str().as_bytes());
        // Nearly everybody sends it first (RFC 9110 section 7.2 asks for it).
        let header = match request.headers().iter().next() {
            Some((name, value)) if B::glance(request).has_one_host && *name == header::HOST => {
                Some(value)
            }
            _ => {
                let mut values = request.headers().get_all(header::HOST).iter();
                let value = values.next();
                if values.next().is_some() {
                    return Some(bad("the request has two Host headers"));
                }
                value
            }
        };
        let header = header.map(|value| value.as_bytes());
        let host = match (named, header) {
            (Some(named), Some(header)) if !named.eq_ignore_ascii_case(header) => {
                return Some(bad(
                    "the Host header and the target of the request name different hosts",
                ));
            }
            (Some(host), _) | (None, Some(host)) => host,
            (None, None) => return Some(bad("the request has no Host header")),
        };
        if self.usual.iter().any(|usual| usual.as_bytes() == host) {
            return None;
        }
        let Some(authority) = std::str::from_utf8(host)
            .ok()
            .and_then(Authority::parse_sent)
        else {
            return Some(bad("the Host header is not a host"));
        };
        if self.allows(authority) {
            return None;
        }
        let host = excerpt_of_bytes(host);
        tracing::debug!(%host, "refused a request for another host");
        let message = format!(
            "host {host} is not allowed: add it to [http] allowed_hosts or set [http] public_url (BASE_URL)"
        );
        Some(refusal(StatusCode::FORBIDDEN, INVALID_REQUEST, &message))
    }
}

fn bad(message: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, INVALID_REQUEST, message)
}
