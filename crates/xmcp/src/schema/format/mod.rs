//! The formats that types usually derive, checked without `jsonschema` and to its letter.

mod host;
mod time;

use std::net::{Ipv4Addr, Ipv6Addr};

use fluent_uri::{Iri, IriRef, Uri, UriRef};

/// What `format` says of a string, in 2020-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Date,
    DateTime,
    Duration,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    Iri,
    IriReference,
    Time,
    Uri,
    UriReference,
    Uuid,
}

impl Format {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "date" => Self::Date,
            "date-time" => Self::DateTime,
            "duration" => Self::Duration,
            "email" => Self::Email,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "iri" => Self::Iri,
            "iri-reference" => Self::IriReference,
            "time" => Self::Time,
            "uri" => Self::Uri,
            "uri-reference" => Self::UriReference,
            "uuid" => Self::Uuid,
            _ => return None,
        })
    }

    pub(super) fn accepts(self, text: &str) -> bool {
        match self {
            Self::Date => time::is_date(text),
            Self::DateTime => time::is_date_time(text),
            Self::Duration => time::is_duration(text),
            Self::Email => host::is_email(text),
            Self::Hostname => host::is_hostname(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Iri => Iri::parse(text).is_ok(),
            Self::IriReference => IriRef::parse(text).is_ok(),
            Self::Time => time::is_time(text),
            Self::Uri => Uri::parse(text).is_ok(),
            Self::UriReference => UriRef::parse(text).is_ok(),
            Self::Uuid => is_uuid(text),
        }
    }
}

/// RFC 9562, section 4: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// What a string of this format or pattern looks like, for the model.
pub(super) fn look(format: Option<&str>, pattern: Option<&str>) -> Option<String> {
    let format = format.map(|format| {
        let (what, example) = match format {
            "date-time" => ("a date-time", "2026-01-31T12:00:00Z"),
            "date" => ("a date", "2026-01-31"),
            "time" => ("a time", "12:00:00Z"),
            "duration" => ("a duration", "P1DT12H"),
            "email" => ("an email address", "name@example.com"),
            "hostname" => ("a hostname", "www.example.com"),
            "ipv4" => ("an IPv4 address", "192.0.2.1"),
            "ipv6" => ("an IPv6 address", "2001:db8::1"),
            "uri" => ("a URI", "https://example.com/path"),
            "uuid" => ("a UUID", "3f2b8c1e-5d4a-4c6f-9b7e-1a2d3c4e5f60"),
            "regex" => ("a regular expression", "^[a-z]+$"),
            other => return format!("a string of format `{other}`"),
        };
        format!("{what} like \"{example}\"")
    });
    match (format, pattern) {
        (Some(format), Some(pattern)) => Some(format!("{format} that matches `{pattern}`")),
        (Some(format), None) => Some(format),
        (None, Some(pattern)) => Some(format!("a string that matches `{pattern}`")),
        (None, None) => None,
    }
}
