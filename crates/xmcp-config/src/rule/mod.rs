//! What a value must look like beyond its type. The rules are data, so that the JSON Schema and the docs say the same as the check.

mod endpoint;
mod filter;
mod host;
mod network;
mod origin;
#[cfg(feature = "file")]
mod path;
mod url;

use crate::{
    reason::{Fault, Reason, shown},
    value::{Raw, Shape},
};

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    /// One line of text, which may be empty.
    Line,
    /// Any text.
    Prose,
    /// Which lines are logged.
    Filter,
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
    /// IP addresses, and networks as `address/bits`.
    Networks,
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
            Self::Filter => "a filter such as `info`",
            Self::Endpoint => "a path such as `/mcp`",
            Self::PublicUrl | Self::Link => "a URL such as `https://mcp.example.com`",
            Self::BindHost => "an address such as `127.0.0.1`",
            _ => "a string",
        }
    }

    fn check_text(self, text: &str) -> Result<(), Reason> {
        match self {
            Self::Line => line(text),
            Self::Filter => line(text).and_then(|()| filter::check(text)),
            Self::Endpoint => endpoint::check(text),
            Self::PublicUrl => url::check_public(text),
            Self::Link => url::check_link(text),
            Self::BindHost => host::check_bind(text),
            #[cfg(feature = "file")]
            Self::Path => path::check(text),
            _ => Ok(()),
        }
    }

    fn check_item(self, item: &str, items: usize) -> Result<(), Reason> {
        match self {
            Self::Origins { any } if item == "*" => origin::check_any(any, items),
            Self::Origins { .. } => origin::check(item),
            Self::Hosts => host::check(item),
            Self::Networks => network::check(item),
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
