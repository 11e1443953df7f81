//! How a user consents: on a page, or without being asked.

use std::str::FromStr;

/// Who consents when a client asks for authorization.
///
/// ```
/// use scalekit_emulator::Consent;
///
/// assert_eq!("auto:grace".parse(), Ok(Consent::Auto(Some("grace".to_owned()))));
/// assert_eq!("page".parse(), Ok(Consent::Page));
/// assert!("yes".parse::<Consent>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Consent {
    /// A person, on a page where they choose who they are.
    #[default]
    Page,
    /// Nobody is asked: this user (by id, e-mail address or given name) consents at once, or the first one there is.
    /// That is for clients on this machine; those that redirect elsewhere get the page.
    Auto(Option<String>),
}

/// A text says something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("consent is `page`, `auto` or `auto:USER`")]
pub struct ConsentError;

impl FromStr for Consent {
    type Err = ConsentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim().split_once(':') {
            None if text.trim() == "page" => Ok(Self::Page),
            None if text.trim() == "auto" => Ok(Self::Auto(None)),
            Some(("auto", user)) if !user.trim().is_empty() => {
                Ok(Self::Auto(Some(user.trim().to_owned())))
            }
            _ => Err(ConsentError),
        }
    }
}
