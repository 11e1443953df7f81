//! Which keys there are, and where requests bring them.

use std::{fmt, sync::Arc, time::Duration};

use http::{HeaderName, header};

use super::{Key, KeyProblem, KeyValidator};
use crate::{Clock, Revocation, SystemClock, token_cache::CEILING};

/// Where a key is unless configuration says otherwise.
const HEADER: HeaderName = HeaderName::from_static("x-api-key");
/// Headers that mean something else to somebody on the way.
const TAKEN: [HeaderName; 12] = [
    header::AUTHORIZATION,
    header::PROXY_AUTHORIZATION,
    header::COOKIE,
    header::HOST,
    header::ORIGIN,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::ACCEPT,
    header::FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("dpop"),
    HeaderName::from_static("mcp-session-id"),
];

/// Keys of applications.
///
/// ```
/// use xmcp_auth::api_key::{ApiKeyConfig, Key};
///
/// let config = ApiKeyConfig::new().header("x-notes-key").key(Key::new("ci", "sixteen-bytes-at-least"));
/// # let _ = config;
/// ```
pub struct ApiKeyConfig {
    pub(super) header: Option<String>,
    pub(super) keys: Vec<Key>,
    pub(super) validator: Option<Arc<dyn KeyValidator>>,
    pub(super) revocation: Option<Box<dyn Revocation>>,
    pub(super) cache: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

impl ApiKeyConfig {
    /// No keys yet.
    #[expect(
        clippy::new_without_default,
        reason = "without a key it is good for nothing"
    )]
    pub fn new() -> Self {
        Self {
            header: None,
            keys: Vec::new(),
            validator: None,
            revocation: None,
            cache: CEILING,
            clock: Arc::new(SystemClock),
        }
    }

    /// With this key.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Keys come in this header instead of `x-api-key`. `Authorization: ApiKey <key>` is read as well, whichever it is.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>) -> Self {
        self.header = Some(name.into());
        self
    }

    /// Asks this about keys that are none of those that are configured: where there are many, or they come and go.
    ///
    /// It has 5 seconds; if it fails or takes longer, the answer is `503`, never a session. What it says is believed for 30 seconds
    /// ([`ApiKeyConfig::cache`]), a no for 10; it is asked once at a time for one key, and about 64 at a time in all.
    ///
    /// ```
    /// use xmcp_auth::{Secret, Session, api_key::ApiKeyConfig};
    ///
    /// let config = ApiKeyConfig::new().validator(async |key: Secret| {
    ///     // ... look its digest up in a database ...
    ///     let owner = (key.expose() == "sixteen-bytes-at-least").then_some("ci");
    ///     Ok(owner.map(|owner| Session::builder("https://keys.example.com", owner).scopes(["notes:read"]).build()))
    /// });
    /// # let _ = config;
    /// ```
    #[must_use]
    pub fn validator(mut self, validator: impl KeyValidator) -> Self {
        self.validator = Some(Arc::new(validator));
        self
    }

    /// Asks this at every request whether the session was revoked.
    #[must_use]
    pub fn revocation(mut self, revocation: impl Revocation) -> Self {
        self.revocation = Some(Box::new(revocation));
        self
    }

    /// How long a yes of the validator is believed: at most 30 seconds, which is the default. Zero asks it every time, and believes no
    /// no either.
    #[must_use]
    pub fn cache(mut self, lifetime: Duration) -> Self {
        self.cache = lifetime;
        self
    }

    /// By this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The header, or the usual one if what configuration says is none: then there is a problem with it.
    pub(super) fn header_name(&self) -> HeaderName {
        self.configured_header()
            .and_then(Result::ok)
            .unwrap_or(HEADER)
    }

    fn configured_header(&self) -> Option<Result<HeaderName, KeyProblem>> {
        let name = self.header.as_deref()?;
        let problem = || KeyProblem::Header(name.escape_default().take(64).collect());
        Some(match HeaderName::try_from(name) {
            Ok(name) if !TAKEN.contains(&name) => Ok(name),
            _ => Err(problem()),
        })
    }

    /// All that is wrong.
    pub(super) fn problems(&self) -> Vec<KeyProblem> {
        let mut problems: Vec<_> = self.keys.iter().flat_map(Key::problems).collect();
        problems.extend(self.configured_header().and_then(Result::err));
        for (position, second) in self.keys.iter().enumerate() {
            let same = |first: &&Key| first.digest.is_ok() && first.digest == second.digest;
            if let Some(first) = self.keys[..position].iter().find(same) {
                problems.push(KeyProblem::Same {
                    first: first.name.clone(),
                    second: second.name.clone(),
                });
            }
        }
        if self.keys.is_empty() && self.validator.is_none() {
            problems.push(KeyProblem::None);
        }
        problems
    }
}

/// The names of the keys.
impl fmt::Debug for ApiKeyConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ApiKeyConfig")
            .field("header", &self.header_name())
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Resource, api_key};

    #[test]
    fn everything_that_is_wrong_with_keys_is_said_at_once_by_name_and_never_by_value() {
        let good = "hunter2-hunter2-hunter2";
        let config = ApiKeyConfig::new()
            .header("Authorization")
            .key(Key::new("short", "hunter2"))
            .key(Key::new("long", "hunter2".repeat(2000)))
            .key(Key::new("spaced", "hunter2 hunter2 hunter2"))
            .key(Key::digest("cut", "hunter2"))
            .key(Key::new("two words", good).scopes(["no scope"]))
            .key(Key::new("copy", good));
        assert!(!format!("{config:?}").contains("hunter2"));
        let error = api_key::provider(config)
            .protect(Resource::new("https://h.example/mcp"))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "API key `short` is shorter than 16 bytes: make a longer one, with `openssl rand -hex 32`\n\
             API key `long` is longer than 8192 bytes, which no request can bring: make a shorter one, with `openssl rand -hex 32`\n\
             API key `spaced` has a character that no header can carry: use printable ASCII without spaces\n\
             the digest of API key `cut` is no SHA-256: 64 hexadecimal digits, as `printf %s \"$KEY\" | sha256sum` prints them\n\
             `two words` cannot name an API key: use 1 to 64 letters, digits, `-`, `_`, `.`, `:` or `@`\n\
             API key `two words` has the scope `no scope`, which is none: scopes are printable ASCII without space, `\"` and `\\`\n\
             API keys cannot come in the header `Authorization`: name one that means nothing else, like `x-api-key`\n\
             API keys `two words` and `copy` are the same key: give each caller one of its own"
        );
    }

    #[test]
    fn a_key_and_its_digest_are_the_same_key() {
        let config = ApiKeyConfig::new()
            .key(Key::new("text", "0123456789abcdef"))
            .key(Key::digest(
                "digest",
                "9F9F5111F7B27A781F1F1DDDE5EBC2DD2B796BFC7365C9C28B548E564176929F",
            ));
        assert_eq!(
            config.problems(),
            [KeyProblem::Same {
                first: "text".into(),
                second: "digest".into()
            }]
        );
    }

    #[test]
    fn two_keys_of_one_name_are_one_caller_whose_key_is_being_replaced() {
        let config = ApiKeyConfig::new()
            .key(Key::new("ci", "the-old-key-of-ci"))
            .key(Key::new("ci", "the-new-key-of-ci"));
        assert_eq!(config.problems(), []);
        assert_eq!(ApiKeyConfig::new().problems(), [KeyProblem::None]);
    }
}
