//! Which Scalekit environment, and which resource in it.

use std::fmt;

use super::{Scalekit, development, env};
use crate::{ConfigError, Problem, Revocation, ScopeSet, Secret, resource};

/// A Scalekit environment, and the resource in it that is protected.
///
/// ```
/// use xmcp_auth::scalekit::ScalekitConfig;
///
/// let config = ScalekitConfig::new("https://acme.scalekit.dev")?.resource_id("res_123").scopes_supported(["notes:read"]);
/// # let _ = config;
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
pub struct ScalekitConfig {
    pub(super) environment_url: String,
    pub(super) resource_id: Option<String>,
    pub(super) credentials: Option<Credentials>,
    pub(super) scopes_supported: ScopeSet,
    pub(super) required_scopes: ScopeSet,
    pub(super) revocation: Option<Box<dyn Revocation>>,
    pub(super) legacy_as_metadata_proxy: bool,
}

/// The environment's API client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Its id, like `skc_123`.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

impl ScalekitConfig {
    /// The environment at this URL. Slashes at its end do not count.
    ///
    /// # Errors
    ///
    /// It is not `https` (`http` on this machine), or more than scheme and host.
    pub fn new(environment_url: &str) -> Result<Self, ConfigError> {
        let environment_url = environment_url.trim_end_matches('/');
        match environment_problem(environment_url) {
            None => Ok(Self::at(environment_url.to_owned())),
            Some(reason) => Err(Problem::Url {
                url: resource::without_user(environment_url),
                what: "a Scalekit environment",
                reason,
            }
            .into()),
        }
    }

    /// What the process's environment says: the variables of [`env`](mod@env). If it has none of them, and the process runs a local
    /// Scalekit for development, that one.
    ///
    /// # Errors
    ///
    /// All that is missing or wrong, at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        match development::take() {
            Some(variables) => Self::from_variables(|name| variables.get(name)),
            None => Self::from_variables(|name| std::env::var(name).ok()),
        }
    }

    /// What these variables say. An empty one is not set.
    ///
    /// # Errors
    ///
    /// All that is missing or wrong, at once.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let set = |name| {
            lookup(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        let mut problems = Vec::new();
        let environment_url = set(env::ENVIRONMENT_URL).unwrap_or_else(|| {
            problems.push(Problem::Missing {
                variable: env::ENVIRONMENT_URL,
                remedy: "copy the environment's URL from Settings in Scalekit's dashboard",
            });
            String::new()
        });
        let environment_url = environment_url.trim_end_matches('/');
        if let (false, Some(reason)) = (
            environment_url.is_empty(),
            environment_problem(environment_url),
        ) {
            problems.push(Problem::Variable {
                variable: env::ENVIRONMENT_URL,
                value: resource::without_user(environment_url),
                reason,
            });
        }
        let resource_id = set(env::RESOURCE_ID);
        if let Some(id) = resource_id.as_ref().filter(|id| !is_resource_id(id)) {
            problems.push(Problem::Variable {
                variable: env::RESOURCE_ID,
                value: resource::without_user(id),
                reason: "the ids of MCP servers in Scalekit's dashboard begin with `res_`",
            });
        }
        let half = |set, missing| Problem::Half { set, missing };
        let credentials = match (set(env::CLIENT_ID), set(env::CLIENT_SECRET)) {
            (Some(id), Some(secret)) => Some(Credentials {
                id,
                secret: Secret::new(secret),
            }),
            (Some(_), None) => {
                problems.push(half(env::CLIENT_ID, env::CLIENT_SECRET));
                None
            }
            (None, Some(_)) => {
                problems.push(half(env::CLIENT_SECRET, env::CLIENT_ID));
                None
            }
            (None, None) => None,
        };
        ConfigError::unless_none(
            problems,
            Self {
                resource_id,
                credentials,
                ..Self::at(environment_url.to_owned())
            },
        )
    }

    fn at(environment_url: String) -> Self {
        Self {
            environment_url,
            resource_id: None,
            credentials: None,
            scopes_supported: ScopeSet::default(),
            required_scopes: ScopeSet::default(),
            revocation: None,
            legacy_as_metadata_proxy: false,
        }
    }

    /// With the id of the MCP server in the dashboard, like `res_123`: clients can then register themselves, and the id is the
    /// audience that tokens must have.
    #[must_use]
    pub fn resource_id(mut self, id: impl Into<String>) -> Self {
        self.resource_id = Some(id.into());
        self
    }

    /// With the environment's API client, which handlers then have as a [`Scalekit`] argument. Verifying tokens needs none.
    #[must_use]
    pub fn client_credentials(mut self, id: impl Into<String>, secret: Secret) -> Self {
        self.credentials = Some(Credentials {
            id: id.into(),
            secret,
        });
        self
    }

    /// Scopes that clients may ask for, as the metadata tells them.
    #[must_use]
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes_supported = scopes.into_iter().collect();
        self
    }

    /// Scopes that every request needs; without one of them the answer is `403`.
    #[must_use]
    pub fn required_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.required_scopes = scopes.into_iter().collect();
        self
    }

    /// Asks this at every request whether the session was revoked. Revoking consent in Scalekit does not end tokens that are out.
    #[must_use]
    pub fn revocation(mut self, revocation: impl Revocation) -> Self {
        self.revocation = Some(Box::new(revocation));
        self
    }

    /// Passes the authorization server's metadata on at `/.well-known/oauth-authorization-server`, for clients of the protocol of
    /// 2025-03-26, which look for it nowhere else. Newer clients find the authorization server through the resource's metadata.
    #[must_use]
    pub fn legacy_as_metadata_proxy(mut self) -> Self {
        self.legacy_as_metadata_proxy = true;
        self
    }

    /// The environment's URL, without a slash at its end.
    pub fn environment_url(&self) -> &str {
        &self.environment_url
    }

    /// The issuer from which clients get tokens: the resource in the environment, or the environment.
    pub(super) fn authorization_server(&self) -> String {
        let path = self.resource_path().unwrap_or_default();
        format!("{}{path}", self.environment_url)
    }

    pub(super) fn resource_path(&self) -> Option<String> {
        self.resource_id
            .as_ref()
            .map(|id| format!("/resources/{id}"))
    }

    /// The environment's API client, if there is one.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// What calls Scalekit's REST interface with these credentials. Sends nothing.
    ///
    /// # Errors
    ///
    /// There are no credentials.
    pub fn client(&self) -> Result<Scalekit, ConfigError> {
        match &self.credentials {
            Some(credentials) => Scalekit::new(&self.environment_url, credentials.clone()),
            None => Err(Problem::Missing {
                variable: env::CLIENT_ID,
                remedy: "calling Scalekit takes it and `SCALEKIT_CLIENT_SECRET`, from Settings > API Credentials in its dashboard",
            }
            .into()),
        }
    }
}

impl fmt::Debug for ScalekitConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScalekitConfig")
            .field("environment_url", &self.environment_url)
            .field("resource_id", &self.resource_id)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

fn environment_problem(url: &str) -> Option<&'static str> {
    match resource::path_of(url) {
        Err(reason) => Some(reason),
        // The issuer of a token is compared to the letter.
        Ok(_) if url.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Some("it has capital letters, and the issuers of tokens have none")
        }
        Ok(path) if path < url.len() => Some("it has a path, and an environment's URL has none"),
        Ok(_) => None,
    }
}

pub(super) fn is_resource_id(id: &str) -> bool {
    id.strip_prefix("res_").is_some_and(|rest| {
        !rest.is_empty()
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<ScalekitConfig, ConfigError> {
        ScalekitConfig::from_variables(|name| {
            variables
                .iter()
                .find(|(variable, _)| *variable == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn only_the_environment_url_is_needed() {
        let config = of(&[
            ("SCALEKIT_ENVIRONMENT_URL", "https://acme.scalekit.dev//"),
            ("SCALEKIT_CLIENT_ID", ""),
        ])
        .unwrap();
        assert_eq!(config.environment_url(), "https://acme.scalekit.dev");
        assert_eq!(config.resource_id, None);
        assert_eq!(config.credentials(), None);
    }

    #[test]
    fn everything_that_is_missing_or_wrong_is_said_at_once() {
        let error = of(&[
            ("SCALEKIT_RESOURCE_ID", "https://h/mcp"),
            ("SCALEKIT_CLIENT_SECRET", "hunter2"),
        ])
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`SCALEKIT_ENVIRONMENT_URL` is not set: copy the environment's URL from Settings in Scalekit's dashboard\n\
             `SCALEKIT_RESOURCE_ID` is `https://h/mcp`: the ids of MCP servers in Scalekit's dashboard begin with `res_`\n\
             `SCALEKIT_CLIENT_SECRET` is set and `SCALEKIT_CLIENT_ID` is not: set both or neither"
        );
    }

    #[test]
    fn an_environment_is_https_or_on_this_machine_and_no_more_than_a_host() {
        for good in [
            "https://acme.scalekit.dev",
            "https://auth.example.com/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
        ] {
            assert!(ScalekitConfig::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://acme.scalekit.dev",
            "acme.scalekit.dev",
            "https://acme.scalekit.dev/resources/res_1",
            "https://acme.scalekit.dev?x",
            "https://ACME.scalekit.dev",
            "undefined",
            "",
        ] {
            assert!(ScalekitConfig::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        let config = of(&[
            ("SCALEKIT_ENVIRONMENT_URL", "https://acme.scalekit.dev"),
            ("SCALEKIT_CLIENT_ID", "skc_1"),
            ("SCALEKIT_CLIENT_SECRET", "hunter2"),
        ])
        .unwrap();
        assert_eq!(config.credentials().unwrap().secret.expose(), "hunter2");
        assert_eq!(
            format!("{config:?}"),
            r#"ScalekitConfig { environment_url: "https://acme.scalekit.dev", resource_id: None, credentials: Some(Credentials { id: "skc_1", secret: **** }), .. }"#
        );
        let error = ScalekitConfig::new("https://ada:hunter2@acme.scalekit.dev").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`https://****@acme.scalekit.dev` cannot be the URL of a Scalekit environment: it names a user"
        );
    }
}
