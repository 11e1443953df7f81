//! What a value must look like beyond its type. The rules are data, so that the JSON Schema and the docs say the same as the check.

use crate::{
    authority::{Authority, host_name},
    reason::{Fault, Reason, shown},
    value::{Raw, Shape},
};
use std::net::{IpAddr, Ipv6Addr};

/// The paths that the server answers itself.
const RESERVED: [&str; 2] = ["/health", "/.well-known"];

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// One line of text, which may be empty.
    Line,
    /// Any text.
    Prose,
    /// Text that is not empty.
    Filled,
    /// One of the shape's words.
    Choice,
    Switch,
    Number {
        minimum: i64,
        maximum: i64,
    },
    Bytes {
        minimum: i64,
        maximum: i64,
    },
    Seconds {
        minimum: i64,
        maximum: i64,
    },
    /// The path of the endpoint.
    Endpoint,
    /// An `http` or `https` URL without query, fragment, user and trailing slash.
    PublicUrl,
    /// An `http` or `https` URL.
    Link,
    /// An address or a name to bind.
    BindHost,
    /// `host` or `host:port`.
    Hosts,
    /// `scheme://host[:port]`, or `*` alone where `any`.
    Origins {
        any: bool,
    },
    Icons,
    /// A relative path that stays inside of the project.
    #[cfg(feature = "file")]
    Path,
}

impl Rule {
    /// Checks a value whose shape is right.
    pub(crate) fn check(self, raw: &Raw, shape: Shape) -> Result<(), Fault> {
        match raw {
            Raw::Text(text) if text.is_empty() && shape == Shape::OptionalText => Ok(()),
            Raw::Text(text) => Ok(self.check_text(text)?),
            Raw::Integer(found) => match self.range() {
                Some((minimum, maximum)) if !(minimum..=maximum).contains(found) => {
                    Err(Reason::OutOfRange {
                        found: *found,
                        minimum,
                        maximum,
                    }
                    .into())
                }
                _ => Ok(()),
            },
            Raw::List(list) => {
                for (index, item) in list.iter().enumerate() {
                    self.check_item(item, list.len())
                        .map_err(|reason| Fault::of_item(index, reason))?;
                }
                Ok(())
            }
            Raw::Boolean(_) | Raw::Icons(_) => Ok(()),
        }
    }

    /// The smallest and the largest number.
    pub(crate) fn range(self) -> Option<(i64, i64)> {
        match self {
            Self::Number { minimum, maximum }
            | Self::Bytes { minimum, maximum }
            | Self::Seconds { minimum, maximum } => Some((minimum, maximum)),
            _ => None,
        }
    }

    /// What to write where text is expected.
    pub(crate) fn expected_text(self) -> &'static str {
        match self {
            Self::Filled => "a filter such as `info`",
            Self::Endpoint => "a path such as `/mcp`",
            Self::PublicUrl | Self::Link => "a URL such as `https://mcp.example.com`",
            Self::BindHost => "an address such as `127.0.0.1`",
            _ => "a string",
        }
    }

    fn check_text(self, text: &str) -> Result<(), Reason> {
        match self {
            Self::Line => line(text),
            Self::Filled if text.trim().is_empty() => Err(Reason::Empty {
                expected: self.expected_text(),
            }),
            Self::Filled => line(text),
            Self::Endpoint => endpoint(text),
            Self::PublicUrl => public_url(text),
            Self::Link => url(text).map(|_| ()),
            Self::BindHost => bind_host(text),
            #[cfg(feature = "file")]
            Self::Path => path(text),
            _ => Ok(()),
        }
    }

    fn check_item(self, item: &str, items: usize) -> Result<(), Reason> {
        match self {
            Self::Origins { any } if item == "*" => any_origin(any, items),
            Self::Origins { .. } => origin(item),
            Self::Hosts => host(item),
            _ => Ok(()),
        }
    }
}

fn line(text: &str) -> Result<(), Reason> {
    if text.chars().any(char::is_control) {
        return Err(Reason::ControlCharacter { found: shown(text) });
    }
    Ok(())
}

fn endpoint(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Endpoint {
            found: shown(text),
            problem,
            remedy,
        })
    };
    let trimmed = format!("/{}", text.trim_matches('/'));
    if text.is_empty() || trimmed == "/" {
        return refuse(
            "`/` is the page for people",
            "a path such as `/mcp`".to_owned(),
        );
    }
    if text.contains("://") {
        return refuse(
            "it is a URL",
            "the path alone, such as `/mcp`, and the URL as `public_url`".to_owned(),
        );
    }
    // `{` and `*` would be patterns for the router, `?` and `#` never reach it as part of a path, and `%` has several spellings.
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
    if !text.bytes().all(plain) {
        return refuse(
            "a path has only letters, digits, `/`, `-`, `.`, `_` and `~`",
            "a path such as `/mcp`".to_owned(),
        );
    }
    if !text.starts_with('/') {
        return refuse("it does not begin with `/`", format!("`{trimmed}`"));
    }
    if text.ends_with('/') {
        return refuse("it ends with `/`", format!("`{trimmed}`"));
    }
    if text[1..]
        .split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        return refuse(
            "a segment is empty, `.` or `..`",
            "a path such as `/mcp`".to_owned(),
        );
    }
    let reserved = |taken: &str| {
        text.strip_prefix(taken)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if RESERVED.into_iter().any(reserved) {
        return refuse(
            "the server answers `/health` and `/.well-known` itself",
            "another path, such as `/mcp`".to_owned(),
        );
    }
    Ok(())
}

/// The parts of a URL that the checks need.
struct Url<'a> {
    before_path: &'a str,
    authority: &'a str,
    path: &'a str,
    /// With its `?` or `#`.
    rest: &'a str,
}

fn url(text: &str) -> Result<Url<'_>, Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Url {
            found: shown(text),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    let example = "a URL such as `https://mcp.example.com`";
    let Some((scheme, after)) = text.split_once("://") else {
        return refuse("the scheme is missing", example);
    };
    if !matches!(scheme, "http" | "https") {
        return refuse("the scheme is neither `https` nor `http`", example);
    }
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, after) = after.split_at(end);
    if authority.contains('@') {
        // Not shown: what stands before the `@` may be a password.
        return Err(Reason::Url {
            found: "the value".to_owned(),
            problem: "it contains a user or a password before `@`",
            remedy: "the URL without them".to_owned(),
        });
    }
    if let Err(problem) = Authority::parse(authority) {
        return refuse(problem, example);
    }
    if !text.bytes().all(|byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}')
    }) {
        return refuse(
            "it contains a character that must be percent-encoded",
            example,
        );
    }
    let (path, rest) = after.split_at(after.find(['?', '#']).unwrap_or(after.len()));
    Ok(Url {
        before_path: &text[..scheme.len() + 3 + authority.len()],
        authority,
        path,
        rest,
    })
}

fn public_url(text: &str) -> Result<(), Reason> {
    let url = url(text)?;
    let path = url.path.trim_end_matches('/');
    let refuse = |problem| {
        Err(Reason::Url {
            found: shown(text),
            problem,
            remedy: format!("`{}{path}`", url.before_path),
        })
    };
    if !url.rest.is_empty() {
        return refuse("it has a query or a fragment");
    }
    if path != url.path {
        return refuse("it ends with `/`");
    }
    debug_assert!(!url.authority.is_empty());
    Ok(())
}

fn bind_host(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Host {
            found: shown(text),
            problem,
            remedy,
        })
    };
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = inner.filter(|address| address.parse::<Ipv6Addr>().is_ok()) {
        return refuse(
            "an IPv6 address to bind stands without brackets",
            format!("`{address}`"),
        );
    }
    if text.contains("://") {
        return refuse(
            "it is a URL",
            "the address to bind, such as `127.0.0.1`, and the URL as `public_url`".to_owned(),
        );
    }
    if let Ok(Authority {
        host,
        port: Some(_),
    }) = Authority::parse(text)
    {
        return refuse(
            "it has a port",
            format!(
                "`{}`, and the port as `port`",
                host.trim_matches(['[', ']'])
            ),
        );
    }
    match host_name(text) {
        Ok(()) => Ok(()),
        Err(problem) => refuse(problem, "an address such as `127.0.0.1`".to_owned()),
    }
}

fn host(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Host {
            found: shown(text),
            problem,
            remedy,
        })
    };
    let example = || "`mcp.example.com` or `mcp.example.com:8443`".to_owned();
    if text.contains('@') {
        return Err(Reason::Host {
            found: "the value".to_owned(),
            problem: "it contains a user or a password before `@`",
            remedy: example(),
        });
    }
    if let Some((_, after)) = text.split_once("://") {
        let authority = &after[..after.find(['/', '?', '#']).unwrap_or(after.len())];
        return refuse(
            "it is a URL",
            if Authority::parse(authority).is_ok() {
                format!("`{authority}`")
            } else {
                example()
            },
        );
    }
    if text.contains('*') {
        return refuse(
            "patterns are not supported",
            "each host by its name, such as `mcp.example.com`".to_owned(),
        );
    }
    match Authority::parse(text) {
        Ok(_) => Ok(()),
        Err(problem) => refuse(problem, example()),
    }
}

fn any_origin(any: bool, items: usize) -> Result<(), Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Origin {
            found: shown("*"),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    match (any, items) {
        (false, _) => refuse(
            "every page could then call the server, by DNS rebinding too",
            "each origin, such as `https://app.example.com`",
        ),
        (true, 1) => Ok(()),
        (true, _) => refuse(
            "the other origins mean nothing beside it",
            "`*` alone, or only the other origins",
        ),
    }
}

/// An origin as a browser sends it (RFC 6454, section 6.1), since it is compared with that byte for byte.
fn origin(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Origin {
            found: shown(text),
            problem,
            remedy,
        })
    };
    let example = || "`https://app.example.com`".to_owned();
    let Some((scheme, after)) = text.split_once("://") else {
        return refuse("the scheme is missing", example());
    };
    let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.bytes().all(scheme_byte)
    {
        return refuse("the scheme has a character that none has", example());
    }
    let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    if authority.contains('@') {
        return Err(Reason::Origin {
            found: "the value".to_owned(),
            problem: "it contains a user or a password before `@`",
            remedy: example(),
        });
    }
    let Authority { host, port } = match Authority::parse(authority) {
        Ok(authority) => authority,
        Err(problem) => return refuse(problem, example()),
    };
    let scheme = scheme.to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let sent = match (scheme.as_str(), port) {
        (_, None) | ("http", Some(80)) | ("https", Some(443)) => format!("{scheme}://{host}"),
        (_, Some(port)) => format!("{scheme}://{host}:{port}"),
    };
    if !rest.is_empty() {
        return refuse("an origin has no path", format!("`{sent}`"));
    }
    if text != sent {
        return refuse("browsers send it in another form", format!("`{sent}`"));
    }
    Ok(())
}

#[cfg(feature = "file")]
fn path(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Path {
            found: shown(text),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    if text.is_empty() {
        return refuse(
            "it is empty",
            "a path such as `tools`, or `false` to turn it off",
        );
    }
    if text.contains('\\') {
        return refuse(
            "it contains a backslash",
            "it with `/`, which works on every platform",
        );
    }
    if text.starts_with('/') || text.contains(':') {
        return refuse("it is absolute", "it relative to `xmcp.toml`");
    }
    if text
        .split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        return refuse(
            "a segment is empty, `.` or `..`",
            "it relative to `xmcp.toml`, such as `src/tools`",
        );
    }
    line(text)
}
