//! Which of the two issuers tokens name. Servers have to take both.

use std::str::FromStr;

/// Whom tokens for the MCP server name as their issuer.
///
/// ```
/// use scalekit_emulator::IssuerMode;
///
/// assert_eq!("resource".parse(), Ok(IssuerMode::Resource));
/// assert!("nobody".parse::<IssuerMode>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IssuerMode {
    /// The environment's URL.
    #[default]
    Environment,
    /// The URL of the resource's authorization server: `{environment}/resources/{resource id}`.
    Resource,
}

/// A text says something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the issuer is `environment` or `resource`")]
pub struct IssuerModeError;

impl FromStr for IssuerMode {
    type Err = IssuerModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "environment" => Ok(Self::Environment),
            "resource" => Ok(Self::Resource),
            _ => Err(IssuerModeError),
        }
    }
}
