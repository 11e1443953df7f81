//! Which web pages may talk to this server (Streamable HTTP, "Security Warning"). Only browsers send `Origin`, so its absence passes.
//!
//! 1. The origin of `public_url` is this server's own.
//! 2. In dev, pages on loopback names with any port may talk to it: that is where people's own front ends run. In production, and
//!    while bound to loopback, only the server's own port may.
//! 3. `allowed_origins` and the origins of `cors` are allowed.
//! 4. `null`, what is no origin, and two of them are refused.

use axum::{
    http::{Request, StatusCode, header},
    response::Response,
};
use xmcp_config::{Authority, DEFAULT_PORT, HttpSettings};

use super::{
    StartProblem,
    arrival::Knows,
    gate::Check,
    loopback::{is_loopback_host, is_loopback_name},
    refusal::{INVALID_REQUEST, refusal},
};
use crate::excerpt::excerpt_of_bytes;

/// Scheme, host and port; a default port is left out, so that equal origins are equal values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Origin {
    scheme: Scheme,
    pub(super) host: String,
    port: u16,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scheme {
    Http,
    Https,
}

/// An origin as a request carries it.
#[derive(Clone, Copy)]
struct OriginReference<'a> {
    scheme: Scheme,
    authority: Authority<'a>,
    port: u16,
}

impl<'a> OriginReference<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let scheme = if scheme.eq_ignore_ascii_case("https") {
            Scheme::Https
        } else if scheme.eq_ignore_ascii_case("http") {
            Scheme::Http
        } else {
            return None;
        };
        let authority = Authority::parse_sent(rest)?;
        let port = authority.port.unwrap_or(match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        });
        Some(Self {
            scheme,
            authority,
            port,
        })
    }
}

impl Origin {
    /// The origin that `text` is, with a slash at its end or not.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let origin = OriginReference::parse(text.strip_suffix('/').unwrap_or(text))?;
        Some(Self {
            scheme: origin.scheme,
            host: origin.authority.host.to_ascii_lowercase(),
            port: origin.port,
        })
    }

    /// The origin of `public_url`, when that is set.
    pub(super) fn of_public_url(settings: &HttpSettings) -> Result<Option<Self>, StartProblem> {
        let Some(value) = &settings.public_url else {
            return Ok(None);
        };
        let origin = value.split_once("://").and_then(|(scheme, rest)| {
            Self::parse(&format!("{scheme}://{}", rest.split('/').next()?))
        });
        origin.map(Some).ok_or_else(|| StartProblem::PublicUrl {
            value: value.clone(),
        })
    }

    fn is(&self, origin: OriginReference<'_>) -> bool {
        self.scheme == origin.scheme
            && self.port == origin.port
            && origin.authority.has_host(&self.host)
    }
}

/// A list of origins, or all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    any: bool,
    listed: Vec<Origin>,
}

impl Origins {
    /// The origins of a setting. `*` means every one.
    pub(super) fn parse(key: &'static str, values: &[String]) -> Result<Self, StartProblem> {
        let mut origins = Self::default();
        for value in values {
            if value == "*" {
                origins.any = true;
                continue;
            }
            let origin = Origin::parse(value).ok_or_else(|| StartProblem::Origin {
                key,
                value: value.clone(),
            })?;
            origins.listed.push(origin);
        }
        Ok(origins)
    }

    pub(super) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether `text`, an `Origin` header, is among them. `null` never is.
    pub(super) fn contain(&self, text: &str) -> bool {
        OriginReference::parse(text).is_some_and(|origin| self.have(origin))
    }

    fn have(&self, origin: OriginReference<'_>) -> bool {
        self.any || self.listed.iter().any(|listed| listed.is(origin))
    }
}

/// The check of the page that a request comes from.
pub(super) struct OriginCheck {
    loopback: Loopback,
    allowed: [Origins; 2],
    own: Option<Origin>,
}

enum Loopback {
    AnyPort,
    Port(u16),
    Refused,
}

impl OriginCheck {
    pub(super) fn new(settings: &HttpSettings, dev: bool) -> Result<Self, StartProblem> {
        let loopback = if dev {
            Loopback::AnyPort
        } else if is_loopback_host(&settings.host) {
            Loopback::Port(settings.port.unwrap_or(DEFAULT_PORT))
        } else {
            Loopback::Refused
        };
        let allowed = [
            Origins::parse("allowed_origins", &settings.allowed_origins)?,
            Origins::parse("cors", &settings.cors)?,
        ];
        Ok(Self {
            loopback,
            allowed,
            own: Origin::of_public_url(settings)?,
        })
    }

    fn allows(&self, text: &str) -> bool {
        let Some(origin) = OriginReference::parse(text) else {
            return false;
        };
        let is_near = origin.scheme == Scheme::Http && is_loopback_name(&origin.authority);
        let loopback = match self.loopback {
            Loopback::AnyPort => is_near,
            Loopback::Port(port) => is_near && origin.port == port,
            Loopback::Refused => false,
        };
        loopback
            || self.own.as_ref().is_some_and(|own| own.is(origin))
            || self.allowed.iter().any(|allowed| allowed.have(origin))
    }
}

impl Check for OriginCheck {
    fn refusal<B: Knows>(&self, request: &Request<B>) -> Option<Response> {
        if B::glance(request).lacks_origin {
            return None;
        }
        let mut values = request.headers().get_all(header::ORIGIN).iter();
        let value = values.next()?;
        let is_alone = values.next().is_none();
        if is_alone && value.to_str().is_ok_and(|text| self.allows(text)) {
            return None;
        }
        let origin = excerpt_of_bytes(value.as_bytes());
        tracing::debug!(%origin, "refused a request from another origin");
        let message = format!(
            "origin {origin} is not allowed: add it to [http] allowed_origins, or to [http] cors if its pages read the answers"
        );
        Some(refusal(StatusCode::FORBIDDEN, INVALID_REQUEST, &message))
    }
}
