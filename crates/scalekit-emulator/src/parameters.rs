//! Parameters as OAuth sends them, in a query or a form: each at most once (RFC 6749, section 3.1), and an empty one is none.

use std::collections::BTreeMap;

use http::{HeaderMap, header};
use url::form_urlencoded;

use crate::refusal::Refusal;

/// Parameters of one request.
#[derive(Debug)]
pub(crate) struct Parameters(BTreeMap<String, String>);

/// A parameter came twice, or there were too many.
#[derive(Debug)]
pub(crate) struct Repeated;

impl Parameters {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Repeated> {
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(text) {
            if parameters.len() >= 64
                || parameters
                    .insert(name.into_owned(), value.into_owned())
                    .is_some()
            {
                return Err(Repeated);
            }
        }
        Ok(Self(parameters))
    }

    /// The parameters of a form.
    pub(crate) fn of_form(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let is_form = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| {
                value
                    .trim()
                    .eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(Refusal::new(
                "invalid_request",
                "the body has to be application/x-www-form-urlencoded",
            ));
        }
        Self::parse(body)
            .map_err(|_| Refusal::new("invalid_request", "a parameter came more than once"))
    }

    /// The value of `name`, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// Whether there are no others than `names`.
    pub(crate) fn are_among(&self, names: &[&str]) -> bool {
        self.0.keys().all(|name| names.contains(&name.as_str()))
    }
}
