//! A text that nobody prints by accident.

use std::fmt;

use crate::{ConfigError, Problem};

/// A secret. `Debug` shows `****`, and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps it.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret that this variable has, in the process's environment.
    ///
    /// # Errors
    ///
    /// Names the variable if it is not set, or empty.
    pub fn from_env(variable: &'static str) -> Result<Self, ConfigError> {
        match std::env::var(variable) {
            Ok(secret) if !secret.is_empty() => Ok(Self(secret)),
            _ => Err(Problem::Missing {
                variable,
                remedy: "it is a secret, which belongs into the environment, or for development into `.env`",
            }
            .into()),
        }
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(secret: T) -> Self {
        Self::new(secret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_is_not_set_is_named() {
        assert_eq!(
            Secret::from_env("NO_SUCH_SECRET").unwrap_err().to_string(),
            "`NO_SUCH_SECRET` is not set: it is a secret, which belongs into the environment, or for development into `.env`"
        );
    }
}
