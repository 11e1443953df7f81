//! The framework's variables. Each key that the environment can set has one, named `XMCP_`, its section and its key
//! (`XMCP_HTTP_PORT`); the three short names that platforms set by themselves win over them. Secrets are never settings: whoever needs
//! one reads it from a variable of its own.

pub use crate::settings::variables::*;

use crate::{
    Reason, Settings,
    key::Key,
    nearest::nearest,
    settings::SECTIONS,
    value::{Raw, Shape},
};
use std::collections::BTreeSet;

/// The port to listen on, as hosting platforms set it. Wins over [`HTTP_PORT`].
pub const PORT: &str = "PORT";

/// The address to bind. Wins over [`HTTP_HOST`].
pub const HOST: &str = "HOST";

/// The URL that clients use, without the endpoint. Wins over [`HTTP_PUBLIC_URL`].
pub const BASE_URL: &str = "BASE_URL";

/// The secrets that seal what clients carry from one round of a call to the next: at least 32 bytes each, separated by commas. The
/// first one seals, all of them open. It is no setting, because it is a secret.
pub const STATE_KEY: &str = "XMCP_STATE_KEY";

/// The key of a caller, for servers that take keys of applications; with `_` and a name behind it, that caller's. Secrets, and so no
/// settings.
pub const API_KEY: &str = "XMCP_API_KEY";

/// What the framework's own variables begin with.
pub const PREFIX: &str = "XMCP_";

/// The short names, and the variables they win over.
const SHORT: [(&str, &str); 3] = [
    (PORT, HTTP_PORT),
    (HOST, HTTP_HOST),
    (BASE_URL, HTTP_PUBLIC_URL),
];

/// A variable whose value is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("environment variable `{variable}`: {reason}")]
pub struct EnvironmentError {
    /// Its name.
    pub variable: &'static str,
    /// What is wrong with its value.
    pub reason: Reason,
}

/// A variable that begins with `XMCP_` and that nothing reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVariable {
    /// Its name.
    pub name: String,
    /// The name that was probably meant.
    pub nearest: Option<&'static str>,
}

impl std::fmt::Display for UnknownVariable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "nothing reads the environment variable `{}`",
            self.name
        )?;
        match self.nearest {
            Some(nearest) => write!(formatter, ": did you mean `{nearest}`?"),
            None => write!(
                formatter,
                ": remove it, or see docs/config.md for the names"
            ),
        }
    }
}

impl Settings {
    /// Applies the environment: `XMCP_<SECTION>_<KEY>` over what is there, and `PORT`, `HOST`, `BASE_URL` over that. `lookup` answers
    /// with a variable's value; lists are separated by commas, and an empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// Every variable whose value is refused, in the order of the keys. Nothing is applied then.
    pub fn apply_environment(
        &mut self,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<(), Vec<EnvironmentError>> {
        let mut settings = self.clone();
        let mut errors = Vec::new();
        let mut apply = |variable: &'static str, key: &Key<Settings>| {
            let Some(text) = lookup(variable).filter(|text| !text.trim().is_empty()) else {
                return;
            };
            let stored = raw(text.trim(), key)
                .and_then(|raw| key.store(&mut settings, raw).map_err(|fault| fault.reason));
            if let Err(reason) = stored {
                errors.push(EnvironmentError { variable, reason });
            }
        };
        for key in keys() {
            let Some(variable) = key.variable else {
                continue;
            };
            apply(variable, key);
        }
        for (short, long) in SHORT {
            let Some(key) = keys().find(|key| key.variable == Some(long)) else {
                continue;
            };
            apply(short, key);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        *self = settings;
        Ok(())
    }
}

/// Every variable that a server reads, the three short names first. Whatever lists them for people is held to this.
pub fn names() -> impl Iterator<Item = &'static str> {
    let short = SHORT.into_iter().map(|(short, _)| short);
    short.chain(variables())
}

/// Every variable that begins with [`PREFIX`].
fn variables() -> impl Iterator<Item = &'static str> {
    keys()
        .filter_map(|key| key.variable)
        .chain([STATE_KEY, API_KEY])
}

/// Whether it is the key of a caller who has a name.
fn is_named_key(variable: &str) -> bool {
    variable
        .strip_prefix(API_KEY)
        .and_then(|rest| rest.strip_prefix('_'))
        .is_some_and(|name| !name.is_empty())
}

/// The variables among `names` that begin with `XMCP_` and that nothing reads, sorted, each with the right name that it most
/// resembles. A server warns about them at start: a misspelt variable otherwise changes nothing, silently.
///
/// ```
/// let unknown = xmcp_config::env::unknown_variables(["XMCP_HTTP_PROT".to_owned(), "PATH".to_owned()]);
/// assert_eq!(unknown[0].to_string(), "nothing reads the environment variable `XMCP_HTTP_PROT`: did you mean `XMCP_HTTP_PORT`?");
/// assert_eq!(unknown.len(), 1);
/// ```
pub fn unknown_variables(names: impl IntoIterator<Item = String>) -> Vec<UnknownVariable> {
    let unknown: BTreeSet<String> = names
        .into_iter()
        .filter(|name| name.starts_with(PREFIX) && !is_named_key(name))
        .filter(|name| !variables().any(|known| known == name))
        .collect();
    unknown
        .into_iter()
        .map(|name| UnknownVariable {
            nearest: meant(&name),
            name,
        })
        .collect()
}

/// The variable that was probably meant by `name`.
fn meant(name: &str) -> Option<&'static str> {
    // Compared without the prefix, which would make every name resemble every other.
    let rests = || variables().filter_map(|variable| variable.strip_prefix(PREFIX));
    let rest = name.strip_prefix(PREFIX)?;
    let meant = nearest(rest, rests())
        // The section is easily forgotten: `XMCP_PORT`.
        .or_else(|| rests().find(|known| known.ends_with(&format!("_{rest}"))))?;
    variables().find(|known| known.strip_prefix(PREFIX) == Some(meant))
}

fn keys() -> impl Iterator<Item = &'static Key<Settings>> {
    SECTIONS.iter().flat_map(|section| section.keys)
}

/// A variable's text as a value of the key's shape.
fn raw(text: &str, key: &Key<Settings>) -> Result<Raw, Reason> {
    let shape = (key.shape)();
    let raw = match shape {
        Shape::Integer => text.parse().ok().map(Raw::Integer),
        Shape::Boolean => match text {
            "true" | "1" => Some(Raw::Boolean(true)),
            "false" | "0" => Some(Raw::Boolean(false)),
            _ => None,
        },
        Shape::Texts | Shape::Choices(_) => {
            let items = text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty());
            Some(Raw::List(items.map(str::to_owned).collect()))
        }
        _ => Some(Raw::Text(text.to_owned())),
    };
    raw.ok_or_else(|| shape.wrong(crate::reason::shown(text), key.rule))
}
