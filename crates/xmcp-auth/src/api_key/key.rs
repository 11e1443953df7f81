//! One key: whose it is, what it may do, and its digest.

use std::fmt;

use super::{digest::KeyDigest, variables::variable};
use crate::{ScopeSet, scope};

/// No key is shorter: what is shorter can be guessed.
pub(super) const SHORTEST: usize = 16;
/// No credential is longer.
pub(super) const LONGEST: usize = 8 * 1024;

/// A key of an application, and what its holder may do. The text of the key is not kept.
///
/// ```
/// use xmcp_auth::api_key::Key;
///
/// let key = Key::new("ci", "sixteen-bytes-at-least").scopes(["notes:read"]).roles(["robot"]);
/// assert_eq!(format!("{key:?}"), r#"Key { name: "ci", .. }"#);
/// ```
#[derive(Clone)]
pub struct Key {
    pub(super) name: String,
    pub(super) digest: Result<KeyDigest, Flaw>,
    pub(super) scopes: ScopeSet,
    pub(super) roles: Vec<String>,
}

/// Why a text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    TooShort,
    TooLong,
    Characters,
    Digest,
    Path,
}

/// One thing that is wrong with the keys of a configuration. Names keys, and shows none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// It could be guessed.
    #[error(
        "API key `{0}` is shorter than {SHORTEST} bytes: make a longer one, with `openssl rand -hex 32`"
    )]
    TooShort(String),
    /// No request could bring it.
    #[error(
        "API key `{0}` is longer than {LONGEST} bytes, which no request can bring: make a shorter one, with `openssl rand -hex 32`"
    )]
    TooLong(String),
    /// No request could bring it.
    #[error(
        "API key `{0}` has a character that no header can carry: use printable ASCII without spaces"
    )]
    Characters(String),
    /// It is no SHA-256.
    #[error(
        "the digest of API key `{0}` is no SHA-256: 64 hexadecimal digits, as `printf %s \"$KEY\" | sha256sum` prints them"
    )]
    Digest(String),
    /// A file's path, which is no secret. Only of keys in the environment.
    #[error(
        "`{variable}` has the path of a file, and would make it the key: set `{key}` to what is in the file",
        variable = variable(.0),
        key = variable(.0.trim_end_matches("file").trim_end_matches('-'))
    )]
    Path(String),
    /// A name that logs and sessions could not show.
    #[error("`{0}` cannot name an API key: use 1 to 64 letters, digits, `-`, `_`, `.`, `:` or `@`")]
    Name(String),
    /// Nobody could tell which of the two calls.
    #[error("API keys `{first}` and `{second}` are the same key: give each caller one of its own")]
    Same {
        /// The one.
        first: String,
        /// The other.
        second: String,
    },
    /// It has a scope that is none.
    #[error(
        "API key `{name}` has the scope `{scope}`, which is none: scopes are printable ASCII without space, `\"` and `\\`"
    )]
    Scope {
        /// The key's name.
        name: String,
        /// What is no scope.
        scope: String,
    },
    /// A header that cannot hold keys.
    #[error(
        "API keys cannot come in the header `{0}`: name one that means nothing else, like `x-api-key`"
    )]
    Header(String),
    /// Nobody could get in.
    #[error("there is no API key, and no validator of keys: give one with `key`")]
    None,
}

impl Key {
    /// The key itself. It had better come from a secret store than from the source. Two keys of one name are one caller, as it takes
    /// to replace a key: the old one and the new one, until nobody has the old one.
    pub fn new(name: impl Into<String>, key: impl AsRef<str>) -> Self {
        let key = key.as_ref();
        let digest = match key.len() {
            ..SHORTEST => Err(Flaw::TooShort),
            _ if key.len() > LONGEST => Err(Flaw::TooLong),
            _ if !key.bytes().all(|byte| byte.is_ascii_graphic()) => Err(Flaw::Characters),
            _ => Ok(KeyDigest::of(key)),
        };
        Self::of(name.into(), digest)
    }

    /// The SHA-256 of the key in hexadecimal digits, so that configuration holds no secret. How long the key is, nobody can check then.
    pub fn digest(name: impl Into<String>, hex: impl AsRef<str>) -> Self {
        let digest = KeyDigest::from_hex(hex.as_ref()).ok_or(Flaw::Digest);
        Self::of(name.into(), digest)
    }

    /// In the place of a key: the path of a file that holds it, perhaps.
    pub(super) fn path(name: String) -> Self {
        Self::of(name, Err(Flaw::Path))
    }

    fn of(name: String, digest: Result<KeyDigest, Flaw>) -> Self {
        Self {
            name,
            digest,
            scopes: ScopeSet::default(),
            roles: Vec::new(),
        }
    }

    /// What its holder may do. Nothing that needs a scope, unless said here.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().collect();
        self
    }

    /// The roles of its holder.
    #[must_use]
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles = roles.into_iter().map(Into::into).collect();
        self
    }

    pub(super) fn problems(&self) -> Vec<KeyProblem> {
        let name = || self.name.clone();
        let mut problems = Vec::new();
        if !is_name(&self.name) {
            let shown = self.name.escape_default().take(64).collect();
            problems.push(KeyProblem::Name(shown));
        }
        problems.extend(self.digest.err().map(|flaw| match flaw {
            Flaw::TooShort => KeyProblem::TooShort(name()),
            Flaw::TooLong => KeyProblem::TooLong(name()),
            Flaw::Characters => KeyProblem::Characters(name()),
            Flaw::Digest => KeyProblem::Digest(name()),
            Flaw::Path => KeyProblem::Path(name()),
        }));
        problems.extend(
            self.scopes
                .iter()
                .filter(|scope| !scope::is_scope(scope))
                .map(|scope| KeyProblem::Scope {
                    name: name(),
                    scope: scope.escape_default().take(64).collect(),
                }),
        );
        problems
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'@')
        })
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
