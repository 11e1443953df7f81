//! What can be wrong with a configuration. All of it is said at once.

use std::fmt;

use crate::{JwtVerifierError, api_key::KeyProblem};

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    problems: Vec<Problem>,
}

impl ConfigError {
    /// Everything that is wrong, in the order in which it was found; at least one.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The value, unless there are problems.
    pub(crate) fn unless_none<T>(problems: Vec<Problem>, value: T) -> Result<T, Self> {
        if problems.is_empty() {
            Ok(value)
        } else {
            Err(Self { problems })
        }
    }
}

impl From<Problem> for ConfigError {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

/// One problem on each line.
impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                formatter.write_str("\n")?;
            }
            write!(formatter, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// One thing that is wrong with a configuration, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A variable that must be set is not.
    #[error("`{variable}` is not set: {remedy}")]
    Missing {
        /// The variable.
        variable: &'static str,
        /// What to set it to.
        remedy: &'static str,
    },
    /// A variable whose value cannot be.
    #[error("`{variable}` is `{value}`: {reason}")]
    Variable {
        /// The variable.
        variable: &'static str,
        /// Its value. Never a secret's.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// One of two variables that belong together.
    #[error("`{set}` is set and `{missing}` is not: set both or neither")]
    Half {
        /// The one that is there.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A URL that cannot be an authorization server's or a resource's.
    #[error("`{url}` cannot be the URL of {what}: {reason}")]
    Url {
        /// The URL.
        url: String,
        /// Whose it was to be.
        what: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An id that is none of an MCP server in Scalekit.
    #[error("`{0}` is no id of an MCP server in Scalekit: these begin with `res_`")]
    ResourceId(String),
    /// A verifier that cannot be made.
    #[error("tokens cannot be verified: {0}")]
    Verifier(#[from] JwtVerifierError),
    /// An introspection endpoint that we cannot ask, because nobody said who we are.
    #[error(
        "`{endpoint}` answers to nobody without credentials: say who asks, with `client_secret_basic`, `client_secret_post` or `bearer_token`"
    )]
    NoCredentials {
        /// The endpoint.
        endpoint: String,
    },
    /// What is wrong with keys of applications, one problem on each line.
    #[error("{}", lines(.0))]
    Keys(Vec<KeyProblem>),
    /// Nobody vouches for callers: `any_of` with nothing in it.
    #[error("`any_of` needs at least one provider")]
    NoProvider,
    /// No authorization server, so that nobody could get a token.
    #[error("a protected resource needs at least one authorization server")]
    NoAuthorizationServer,
    /// Something that is no address and no network of proxies, or a network of everybody.
    #[error(
        "`{0}` is no network of proxies, or has everybody in it: write an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`"
    )]
    Network(String),
    /// A provider that lets nobody in before something else is said.
    #[error("the provider for {provider} is not complete: {remedy}")]
    Incomplete {
        /// The provider.
        provider: &'static str,
        /// Why, and what to write.
        remedy: &'static str,
    },
    /// A key that nothing can be verified with. Says nothing of a secret.
    #[error("{what} cannot be used: {reason}")]
    Key {
        /// What it was to be.
        what: &'static str,
        /// What is wrong with it, and what to do.
        reason: String,
    },
    /// A name that must be there and is empty.
    #[error(
        "the {0} of tokens is empty: without it, tokens that others made for others would be good"
    )]
    Empty(&'static str),
    /// A value that has no place in a preset, or a place without a value.
    #[error("`{value}` cannot be the `{name}` of {provider}: {reason}")]
    Preset {
        /// The preset.
        provider: &'static str,
        /// The place.
        name: String,
        /// What was to stand there.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A place of a preset that was given no value.
    #[error("`{name}` of {provider} is missing: write `(\"{name}\", \"..\")` among its values")]
    PresetPlace {
        /// The preset.
        provider: &'static str,
        /// The place.
        name: String,
    },
    /// A scope with a character that no scope has (RFC 6749, section 3.3).
    #[error("`{0}` is no scope: scopes are printable ASCII without space, `\"` and `\\`")]
    Scope(String),
}

fn lines(problems: &[KeyProblem]) -> String {
    let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
