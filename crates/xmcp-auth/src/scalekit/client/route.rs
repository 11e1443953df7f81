//! Where a request goes. Words of ours and ids of others, each of them one segment.

use super::{ScalekitError, error::excerpt};

const LONGEST: usize = 255;

/// The path of a request and its query.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) segments: Vec<String>,
    pub(super) query: Vec<(&'static str, String)>,
}

impl Route {
    /// `/api/v1/` and this.
    pub(super) fn to(word: &'static str) -> Self {
        Self {
            segments: ["api", "v1", word].map(str::to_owned).to_vec(),
            query: Vec::new(),
        }
    }

    pub(super) fn word(mut self, word: &'static str) -> Self {
        self.segments.push(word.to_owned());
        self
    }

    /// What Scalekit made as an id has nothing in it that means something in a URL. What has is refused, for how a server takes an
    /// escaped character, and whether before or after it looks where the path leads, differs.
    pub(super) fn id(mut self, what: &'static str, id: &str) -> Result<Self, ScalekitError> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if id.is_empty() || id.len() > LONGEST || !id.bytes().all(is_plain) {
            return Err(ScalekitError::Id {
                what,
                id: excerpt(id, 64),
            });
        }
        self.segments.push(id.to_owned());
        Ok(self)
    }

    /// A parameter of the query takes any text: it is escaped, and no part of the path.
    pub(super) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, value.into()));
        self
    }

    pub(super) fn has(&self, name: &str, value: &str) -> bool {
        self.query
            .iter()
            .any(|(known, its)| *known == name && its == value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_or_none() {
        let of = |id: &str| Route::to("users").id("a user", id).map(|it| it.segments);
        assert_eq!(of("usr_1-A").unwrap(), ["api", "v1", "users", "usr_1-A"]);
        for bad in [
            "",
            ".",
            "..",
            "usr_1/sessions",
            "..%2forganizations",
            "%2e%2e",
            "usr_1?x=1",
            "usr_1#x",
            "usr_1:revoke",
            "usr_1\\x",
            "usr 1",
            "usr_1\n",
            "usr_é",
            &"x".repeat(256),
        ] {
            assert!(matches!(of(bad), Err(ScalekitError::Id { .. })), "{bad}");
        }
    }

    #[test]
    fn what_is_no_id_is_repeated_bounded_and_escaped() {
        let id = format!("\u{1b}[31m{}", "x".repeat(500));
        let error = Route::to("users")
            .id("a user", &id)
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`\\u{1b}[31mxx") && error.len() < 120,
            "{error}"
        );
    }
}
