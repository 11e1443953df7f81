//! Keys in the environment: one variable each, so that a secret store can set them one by one.
//!
//! `XMCP_API_KEY_NIGHTLY_BUILD` is the key of `nightly-build`, `XMCP_API_KEY` that of `default`. The value is the key, or
//! `sha256:` and its digest; what follows after spaces are its scopes. Files are not read: a variable `.._FILE` with a path is refused,
//! for a path is easily guessed.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{ApiKeyConfig, Key};
use crate::{ConfigError, Problem};

/// The variable of a key, or, with `_` and a name behind it, of the key of that name.
pub const VARIABLE: &str = "XMCP_API_KEY";

/// What stands before a digest.
const DIGEST: &str = "sha256:";

/// Whether an environment without keys is no error.
static MAY_BE_MISSING: AtomicBool = AtomicBool::new(false);

/// From now on an environment without keys gives [`ApiKeyConfig::from_env`] a placeholder, which no key matches: for tests of an app, in
/// which the provider is made and left out.
pub fn offer_placeholder() {
    MAY_BE_MISSING.store(true, Ordering::Relaxed);
}

/// A key of which the digest alone is known, to everybody.
fn placeholder() -> ApiKeyConfig {
    ApiKeyConfig::new().key(Key::digest("placeholder", "0".repeat(64)))
}

impl ApiKeyConfig {
    /// The keys of the process's environment: `XMCP_API_KEY`, and every `XMCP_API_KEY_<NAME>`. An empty one is not set.
    ///
    /// `XMCP_API_KEY_NIGHTLY_BUILD="<key> notes:read notes:write"` is the key of a caller named `nightly-build`, with two scopes. In
    /// the place of the key, `sha256:<64 hexadecimal digits>` is its digest. The key of `XMCP_API_KEY` is that of `default`.
    ///
    /// # Errors
    ///
    /// There is none, or something is wrong with one: all of it at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        // One that is not Unicode is none of ours by its name, or none of a header's by its value.
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        let variables: Vec<_> = variables.collect();
        let is_set = variables
            .iter()
            .any(|(variable, value)| key(variable, value).is_some());
        if !is_set && MAY_BE_MISSING.load(Ordering::Relaxed) {
            return Ok(placeholder());
        }
        Self::from_variables(variables)
    }

    /// The keys among these variables.
    ///
    /// # Errors
    ///
    /// There is none, or something is wrong with one: all of it at once.
    ///
    /// ```
    /// use xmcp_auth::api_key::ApiKeyConfig;
    ///
    /// let variables = [("XMCP_API_KEY_CI".to_owned(), "0123456789abcdef notes:read".to_owned())];
    /// let config = ApiKeyConfig::from_variables(variables)?;
    /// # let _ = config;
    /// # Ok::<(), xmcp_auth::ConfigError>(())
    /// ```
    pub fn from_variables(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut keys: Vec<(String, Key)> = variables
            .into_iter()
            .filter_map(|(variable, value)| Some((key(&variable, &value)?, variable)))
            .map(|(key, variable)| (variable, key))
            .collect();
        if keys.is_empty() {
            return Err(Problem::Missing {
                variable: VARIABLE,
                remedy: "set it to a key, which `openssl rand -hex 32` makes, or set one for each caller, like `XMCP_API_KEY_CI`",
            }
            .into());
        }
        // The environment has no order, and messages should have one.
        keys.sort_by(|(one, _), (other, _)| one.cmp(other));
        let config = keys
            .into_iter()
            .fold(Self::new(), |config, (_, key)| config.key(key));
        match config.problems() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(Problem::Keys(problems).into()),
        }
    }
}

fn key(variable: &str, value: &str) -> Option<Key> {
    let name = match variable.strip_prefix(VARIABLE)? {
        "" => String::from("default"),
        rest => rest.strip_prefix('_')?.to_lowercase().replace('_', "-"),
    };
    let mut words = value.split_whitespace();
    let key = words.next()?;
    let key = match key.strip_prefix(DIGEST) {
        Some(digest) => Key::digest(name, digest),
        None if is_file(&name) && key.starts_with(['/', '.']) => Key::path(name),
        None => Key::new(name, key),
    };
    Some(key.scopes(words))
}

fn is_file(name: &str) -> bool {
    name.rsplit('-').next() == Some("file")
}

/// The variable of the key of this name.
pub(super) fn variable(name: &str) -> String {
    match name {
        "" | "default" => VARIABLE.to_owned(),
        _ => format!("{VARIABLE}_{}", name.to_uppercase().replace('-', "_")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_key::key_set::KeySet;

    const DIGEST_OF_KEY: &str =
        "sha256:9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f";

    fn of(variables: &[(&str, &str)]) -> Result<ApiKeyConfig, ConfigError> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        ApiKeyConfig::from_variables(variables.iter().map(owned))
    }

    #[test]
    fn a_placeholder_is_sound_and_no_key_matches_it() {
        let config = placeholder();
        assert_eq!(config.problems(), []);
        let keys = KeySet::new(config.keys, config.clock);
        let placeholder = "0".repeat(64);
        for key in [placeholder.as_str(), "placeholder", ""] {
            let digest = crate::api_key::digest::KeyDigest::of(key);
            assert!(keys.find(&digest).is_none());
        }
    }

    #[test]
    fn a_variable_is_a_caller_with_its_key_and_scopes() {
        let config = of(&[
            ("XMCP_API_KEY_NIGHTLY_BUILD", DIGEST_OF_KEY),
            ("XMCP_API_KEY", "fedcba9876543210 a b"),
            ("XMCP_API_KEY_OFF", ""),
            ("XMCP_API_KEYS", "not one of ours at all"),
            ("OTHER", "0000000000000000"),
        ])
        .unwrap();
        assert_eq!(
            format!("{:?}", config.keys),
            r#"[Key { name: "default", .. }, Key { name: "nightly-build", .. }]"#
        );
        let keys = KeySet::new(config.keys, config.clock);
        let find = |key| {
            keys.find(&crate::api_key::digest::KeyDigest::of(key))
                .unwrap()
        };
        assert_eq!(find("0123456789abcdef").user_id(), "nightly-build");
        assert_eq!(find("fedcba9876543210").scopes().to_string(), "a b");
    }

    #[test]
    fn k1_the_path_of_a_file_is_no_key() {
        for (variable, meant) in [
            ("XMCP_API_KEY_FILE", "XMCP_API_KEY"),
            (
                "XMCP_API_KEY_NIGHTLY_BUILD_FILE",
                "XMCP_API_KEY_NIGHTLY_BUILD",
            ),
        ] {
            let error = of(&[(variable, "/run/secrets/the-api-key a")]).unwrap_err();
            let expected = format!(
                "`{variable}` has the path of a file, and would make it the key: set `{meant}` to what is in the file"
            );
            assert_eq!(error.to_string(), expected);
        }
        assert!(of(&[("XMCP_API_KEY_FILE", "0123456789abcdef")]).is_ok());
        assert!(of(&[("XMCP_API_KEY_PROFILE", "/3456789abcdef+/=")]).is_ok());
    }

    #[test]
    fn what_is_wrong_is_said_of_all_at_once_and_no_value_is_shown() {
        let error = of(&[
            ("XMCP_API_KEY_CI", "hunter2"),
            ("XMCP_API_KEY_", "0123456789abcdef"),
            ("XMCP_API_KEY_A", "sha256:hunter2"),
        ])
        .unwrap_err();
        let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), 3, "{error}");
        assert!(lines[0].contains("`` cannot name"), "{error}");
        assert!(lines[1].contains("digest of API key `a`"), "{error}");
        assert!(lines[2].contains("`ci` is shorter than 16"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
        let error = of(&[("OTHER", "x"), ("XMCP_API_KEY", " ")]).unwrap_err();
        assert!(
            error.to_string().starts_with("`XMCP_API_KEY` is not set: "),
            "{error}"
        );
    }
}
