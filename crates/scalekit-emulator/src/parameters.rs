//! Parameters as OAuth sends them, in a query or a form: each at most once (RFC 6749, section 3.1), and an empty one is none.

use std::collections::BTreeMap;

use url::form_urlencoded;

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
