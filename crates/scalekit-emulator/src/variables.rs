//! The variables by which those who start an emulator change it, whichever program they start it in.

use std::{env, str::FromStr, time::Duration};

use crate::{Builder, Consent, IssuerMode, StartError};

/// Who consents: `page`, `auto`, or `auto:USER`.
pub const CONSENT_VARIABLE: &str = "SCALEKIT_EMULATOR_CONSENT";

/// Whom tokens name as their issuer: `environment` or `resource`.
pub const ISSUER_VARIABLE: &str = "SCALEKIT_EMULATOR_ISSUER";

/// How long access tokens for the MCP server live, in seconds.
pub const LIFETIME_VARIABLE: &str = "SCALEKIT_EMULATOR_TOKEN_LIFETIME";

/// The folder that keys, clients and the port are kept in.
pub const STATE_VARIABLE: &str = "SCALEKIT_EMULATOR_STATE";

/// All of them.
const ALL: [&str; 4] = [
    CONSENT_VARIABLE,
    ISSUER_VARIABLE,
    LIFETIME_VARIABLE,
    STATE_VARIABLE,
];

/// What to say of variables that begin like an emulator's and are none: one line for each of these names, in their order.
///
/// ```
/// let said = scalekit_emulator::misspelt_variables(["SCALEKIT_EMULATOR_CONSNT", "HOME"]);
/// assert_eq!(
///     said,
///     ["`SCALEKIT_EMULATOR_CONSNT` changes nothing: did you mean `SCALEKIT_EMULATOR_CONSENT`?"]
/// );
/// ```
pub fn misspelt_variables<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Vec<String> {
    let said = |name: S| {
        let name = name.as_ref();
        let is_other = name.starts_with("SCALEKIT_EMULATOR_") && !ALL.contains(&name);
        is_other.then(|| {
            let alike =
                |other: &&str| (strsim::damerau_levenshtein(name, other) * 1_000) / other.len();
            let nearest = ALL
                .into_iter()
                .min_by_key(alike)
                .unwrap_or(CONSENT_VARIABLE);
            format!("`{name}` changes nothing: did you mean `{nearest}`?")
        })
    };
    names.into_iter().filter_map(said).collect()
}

/// [`misspelt_variables`] of this process's environment.
pub fn misspelt_variables_from_env() -> Vec<String> {
    let names = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<_> = names.collect();
    names.sort();
    misspelt_variables(names)
}

impl Builder {
    /// Takes from the environment what its `SCALEKIT_EMULATOR_*` variables say. One that is empty is not set.
    ///
    /// # Errors
    ///
    /// If one of them is not understood.
    pub fn variables_from_env(self) -> Result<Self, StartError> {
        self.variables(|name| env::var(name).ok())
    }

    /// Takes what these variables say.
    ///
    /// # Errors
    ///
    /// If one of them is not understood.
    pub fn variables(
        mut self,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let set = |name| {
            lookup(name)
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        if let Some(text) = set(CONSENT_VARIABLE) {
            self = self.consent(parse::<Consent>(CONSENT_VARIABLE, &text)?);
        }
        if let Some(text) = set(ISSUER_VARIABLE) {
            self = self.issuer_mode(parse::<IssuerMode>(ISSUER_VARIABLE, &text)?);
        }
        if let Some(text) = set(LIFETIME_VARIABLE) {
            let seconds: u32 = text.parse().map_err(|_| StartError::Variable {
                variable: LIFETIME_VARIABLE,
                reason: "the lifetime is a number of seconds".to_owned(),
            })?;
            self = self.token_lifetime(Duration::from_secs(seconds.into()));
        }
        if let Some(folder) = set(STATE_VARIABLE) {
            self = self.state_dir(folder);
        }
        Ok(self)
    }
}

fn parse<T: FromStr<Err: std::fmt::Display>>(
    variable: &'static str,
    text: &str,
) -> Result<T, StartError> {
    text.parse().map_err(|error: T::Err| StartError::Variable {
        variable,
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(variable: &'static str, value: &str) -> String {
        let lookup = |name: &str| (name == variable).then(|| value.to_owned());
        match crate::Emulator::builder().variables(lookup) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("`{value}` is taken for {variable}"),
        }
    }

    #[test]
    fn what_is_not_understood_is_named_with_what_would_be() {
        assert_eq!(
            refused(CONSENT_VARIABLE, "yes"),
            "`SCALEKIT_EMULATOR_CONSENT` is not understood: consent is `page`, `auto` or `auto:USER`"
        );
        assert_eq!(
            refused(ISSUER_VARIABLE, "me"),
            "`SCALEKIT_EMULATOR_ISSUER` is not understood: the issuer is `environment` or `resource`"
        );
        assert_eq!(
            refused(LIFETIME_VARIABLE, "1h"),
            "`SCALEKIT_EMULATOR_TOKEN_LIFETIME` is not understood: the lifetime is a number of seconds"
        );
    }

    #[test]
    fn what_is_empty_is_not_set() {
        let lookup = |_: &str| Some(" ".to_owned());
        assert!(crate::Emulator::builder().variables(lookup).is_ok());
    }
}
