//! Scopes, and which of them say more than their own name.
//!
//! 1. A scope is compared to the letter: no prefixes, no case folding, no splitting at commas.
//! 2. What a broad scope implies is only what the resource's matcher says.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

/// Scopes in the order they were named, each once.
///
/// ```
/// use xmcp_auth::ScopeSet;
///
/// let scopes = ScopeSet::from_iter(["todo:read", "todo:write", "todo:read"]);
/// assert_eq!(scopes.to_string(), "todo:read todo:write");
/// assert!(scopes.contains("todo:read") && !scopes.contains("todo"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(transparent)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// The scopes of a text in which white space stands between them (RFC 6749, section 3.3).
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().collect()
    }

    /// What a token's claims grant: all of `scope` and `scp` (text or list) and `scopes` (list).
    pub(crate) fn of_claims(claims: &Map<String, Value>) -> Self {
        let named = |name| match claims.get(name) {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        ["scope", "scopes", "scp"]
            .into_iter()
            .flat_map(named)
            .flat_map(str::split_whitespace)
            .collect()
    }

    /// Whether it is among them, to the letter.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|held| held == scope)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// As texts of one's own.
    pub fn to_vec(&self) -> Vec<String> {
        self.0.clone()
    }

    /// These, and behind them those of the others that are not among them.
    pub(crate) fn with(&self, others: &Self) -> Self {
        self.iter().chain(others.iter()).collect()
    }

    pub(crate) fn remove(&mut self, scope: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|held| held != scope);
        self.0.len() < before
    }
}

impl<S: Into<String>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            let scope = scope.into();
            if !set.contains(&scope) {
                set.0.push(scope);
            }
        }
        set
    }
}

/// With a space between them, as challenges name them.
impl fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(" "))
    }
}

/// Asks for refresh tokens, which is between client and authorization server and no resource's business.
pub(crate) const OFFLINE_ACCESS: &str = "offline_access";

/// Whether a name can be a scope at all: printable ASCII without space, `"` and `\` (RFC 6749, section 3.3).
pub(crate) fn is_scope(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

/// Which scope implies which others. The default is none: each scope stands for itself alone.
///
/// ```
/// use xmcp_auth::{ScopeMatcher, ScopeSet};
///
/// let matcher = ScopeMatcher::exact().wildcards().implies("admin", ["todo:*", "users:read"]);
/// assert!(matcher.covers(&ScopeSet::parse("todo:*"), "todo:write"));
/// assert!(matcher.covers(&ScopeSet::parse("admin"), "todo:write"));
/// assert!(!matcher.covers(&ScopeSet::parse("users:read"), "users:write"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ScopeMatcher(Option<Arc<Hierarchy>>);

#[derive(Debug, Clone, Default)]
struct Hierarchy {
    wildcards: bool,
    implied: Vec<(String, Vec<String>)>,
}

impl ScopeMatcher {
    /// Each scope stands for itself alone.
    pub fn exact() -> Self {
        Self::default()
    }

    /// `todo:*` stands for every scope that starts with `todo:`. A bare `*` stands for nothing but itself.
    #[must_use]
    pub fn wildcards(self) -> Self {
        self.with(|hierarchy| hierarchy.wildcards = true)
    }

    /// Who holds `broad` holds these as well, and what these imply.
    #[must_use]
    pub fn implies<S: Into<String>>(
        self,
        broad: impl Into<String>,
        narrow: impl IntoIterator<Item = S>,
    ) -> Self {
        self.with(|hierarchy| {
            hierarchy
                .implied
                .push((broad.into(), narrow.into_iter().map(Into::into).collect()));
        })
    }

    fn with(self, change: impl FnOnce(&mut Hierarchy)) -> Self {
        let mut hierarchy = self.0.map(Arc::unwrap_or_clone).unwrap_or_default();
        change(&mut hierarchy);
        Self(Some(Arc::new(hierarchy)))
    }

    /// Whether what is granted is enough for this scope.
    pub fn covers(&self, granted: &ScopeSet, required: &str) -> bool {
        match &self.0 {
            None => granted.contains(required),
            Some(hierarchy) => hierarchy.covers(granted, required),
        }
    }

    /// Whether what is granted is enough for every one of these scopes.
    pub fn covers_all<'a>(
        &self,
        granted: &ScopeSet,
        required: impl IntoIterator<Item = &'a str>,
    ) -> bool {
        required
            .into_iter()
            .all(|required| self.covers(granted, required))
    }
}

impl Hierarchy {
    /// Follows the implications from what is granted; each scope once, so circles end.
    fn covers(&self, granted: &ScopeSet, required: &str) -> bool {
        let mut held: Vec<&str> = granted.iter().collect();
        let mut next = 0;
        while let Some(&scope) = held.get(next) {
            if scope == required || (self.wildcards && is_under(scope, required)) {
                return true;
            }
            for (broad, narrow) in &self.implied {
                if broad == scope {
                    for narrow in narrow {
                        if !held.contains(&narrow.as_str()) {
                            held.push(narrow);
                        }
                    }
                }
            }
            next += 1;
        }
        false
    }
}

fn is_under(broad: &str, required: &str) -> bool {
    broad
        .strip_suffix(":*")
        .filter(|prefix| !prefix.is_empty())
        .and_then(|prefix| required.strip_prefix(prefix))
        .and_then(|rest| rest.strip_prefix(':'))
        .is_some_and(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(claims: Value) -> String {
        match claims {
            Value::Object(claims) => ScopeSet::of_claims(&claims).to_string(),
            _ => String::new(),
        }
    }

    #[test]
    fn sc1_every_form_of_scope_claim_is_read_and_they_are_united() {
        assert_eq!(of(json!({ "scope": "a b" })), "a b");
        assert_eq!(of(json!({ "scope": ["a", "b"] })), "a b");
        assert_eq!(of(json!({ "scopes": ["a", "b"] })), "a b");
        assert_eq!(of(json!({ "scp": ["a", "b"] })), "a b");
        assert_eq!(of(json!({ "scp": "a b" })), "a b");
        assert_eq!(of(json!({ "scope": "a  b " })), "a b");
        assert_eq!(
            of(json!({ "scope": "a b", "scopes": ["b", "c"], "scp": "d" })),
            "a b c d"
        );
        assert_eq!(of(json!({ "scope": 5, "scopes": [5, "", "a"] })), "a");
        assert_eq!(of(json!({})), "");
    }

    #[test]
    fn sc4_a_scope_is_compared_to_the_letter() {
        for granted in [
            "todo:writeX",
            "todo",
            "TODO:WRITE",
            "todo:write,admin",
            "*",
            "todo:*",
        ] {
            let granted = ScopeSet::parse(granted);
            assert!(
                !ScopeMatcher::exact().covers(&granted, "todo:write"),
                "{granted}"
            );
        }
        assert!(ScopeMatcher::exact().covers(&ScopeSet::parse("a todo:write"), "todo:write"));
    }

    #[test]
    fn sc5_a_wildcard_covers_what_is_under_it_and_a_bare_star_nothing() {
        let matcher = ScopeMatcher::exact().wildcards();
        let covers = |granted, required| matcher.covers(&ScopeSet::parse(granted), required);
        assert!(covers("todo:*", "todo:write"));
        assert!(covers("todo:*", "todo:lists:write"));
        assert!(covers("todo:*", "todo:*"));
        for (granted, required) in [
            ("*", "todo:write"),
            (":*", ":x"),
            ("todo:*", "todo:"),
            ("todo:*", "todo"),
            ("todo:*", "todos:write"),
            ("todo:lists:*", "todo:write"),
        ] {
            assert!(!covers(granted, required), "{granted} {required}");
        }
    }

    #[test]
    fn implications_are_followed_and_circles_end() {
        let matcher = ScopeMatcher::exact()
            .implies("a", ["b"])
            .implies("b", ["c", "a"]);
        assert!(matcher.covers(&ScopeSet::parse("a"), "c"));
        assert!(!matcher.covers(&ScopeSet::parse("a"), "d"));
        assert!(!matcher.covers(&ScopeSet::parse("c"), "a"));
    }
}
