//! The one place where `WWW-Authenticate` is written (RFC 6750, section 3; RFC 9449, section 7.1; RFC 9728, section 5.1).
//!
//! 1. One header. After the scheme comes a parameter, because clients' parsers expect one. Where a second scheme is good too, it stands
//!    behind the first with nothing but its algorithms, for the same parsers take the first parameter of a name that they find.
//! 2. `resource_metadata` is an absolute URL from the configuration, never from the request.
//! 3. Texts are fixed; nothing of a token is in them. Values are quoted strings of printable ASCII.
//! 4. A request without a credential gets no `error` (RFC 6750, section 3.1).
//! 5. Pages of other origins may read the header, and nobody stores the answer.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    Dpop, ScopeSet,
    rejection::{INVALID_PROOF, OF_KEYS, OF_TOKENS, Words},
    scope,
};

/// How a client is to bring its credential, as challenges name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// A token (RFC 6750).
    Bearer,
    /// A token that is bound to a key, with a proof (RFC 9449).
    Dpop,
    /// Either. Clients that know only the first need not notice.
    BearerOrDpop,
    /// A key of an application. Nobody registered the name; it says what is meant.
    ApiKey,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Bearer | Self::BearerOrDpop => "Bearer",
            Self::Dpop => "DPoP",
            Self::ApiKey => "ApiKey",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Self::Bearer | Self::Dpop | Self::BearerOrDpop => &OF_TOKENS,
            Self::ApiKey => &OF_KEYS,
        }
    }
}

/// Where there is no metadata to read on in: a challenge must have one parameter at least.
const REALM: (&str, &str) = ("realm", "mcp");

/// What a refused client should do: get a token, another token, or one that may do more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge(HeaderValue);

impl Challenge {
    fn new(scheme: Scheme, parameters: &[(&str, &str)]) -> Self {
        let mut text = format!("{} ", scheme.name());
        let mut push = |before: &str, name: &str, value: &str| {
            text.push_str(before);
            text.push_str(name);
            text.push_str("=\"");
            for character in value.chars() {
                match character {
                    '"' | '\\' => text.extend(['\\', character]),
                    ' '..='~' => text.push(character),
                    _ => {}
                }
            }
            text.push('"');
        };
        for (position, (name, value)) in parameters.iter().enumerate() {
            push(if position > 0 { ", " } else { "" }, name, value);
        }
        let algorithms = Dpop::algorithms().join(" ");
        match scheme {
            Scheme::Dpop => push(", ", "algs", &algorithms),
            Scheme::BearerOrDpop => push(", DPoP ", "algs", &algorithms),
            Scheme::Bearer | Scheme::ApiKey => {}
        }
        Self(HeaderValue::try_from(text).expect("printable ASCII is a header's value"))
    }

    /// As the value of the header.
    pub fn value(&self) -> &HeaderValue {
        &self.0
    }

    /// Makes an answer one that carries this challenge: the header, readable to pages of other origins, and not to be stored.
    pub fn write(&self, headers: &mut HeaderMap) {
        const EXPOSED: HeaderValue = HeaderValue::from_static("www-authenticate");
        headers.insert(header::WWW_AUTHENTICATE, self.0.clone());
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        no_store(headers);
    }
}

/// An answer that depends on who asks is nobody else's.
pub(crate) fn no_store(headers: &mut HeaderMap) {
    const CACHE_CONTROL: HeaderName = header::CACHE_CONTROL;
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// The challenges of one resource, under the name by which the client calls it. Cloning is cheap.
///
/// The layer puts them into the extensions of every request that it lets through, for what is decided later:
///
/// ```
/// use xmcp_auth::{Challenges, Rejection, ScopeSet};
///
/// async fn handler(challenges: axum::Extension<Challenges>) -> axum::response::Response {
///     Rejection::InsufficientScope(ScopeSet::from_iter(["todo:write"])).response(&challenges)
/// }
/// # let _ = handler;
/// ```
#[derive(Debug, Clone)]
pub struct Challenges {
    inner: Arc<Inner>,
    /// In the place of `inner` for clients that came with a bound token, where others may come with another one.
    bound: Option<Arc<Inner>>,
    /// What the caller has already, where challenges repeat it.
    granted: ScopeSet,
}

#[derive(Debug)]
struct Inner {
    scheme: Scheme,
    metadata_url: Option<String>,
    /// What every request needs.
    scopes: ScopeSet,
    missing: Challenge,
    ambiguous: Challenge,
    invalid: Challenge,
    invalid_proof: Challenge,
    expired: Challenge,
}

impl Inner {
    fn new(scheme: Scheme, metadata_url: Option<String>, scopes: &ScopeSet) -> Self {
        let scope = scopes.to_string();
        let resource_metadata = read_on(metadata_url.as_deref());
        let with_scope = |first: &[(&'static str, &str)], last: &[(&'static str, &str)]| {
            let mut parameters: Vec<(&str, &str)> = first.to_vec();
            if !scope.is_empty() {
                parameters.push(("scope", &scope));
            }
            parameters.extend(last);
            Challenge::new(scheme, &parameters)
        };
        let refused = |error, description| {
            let error = [("error", error), ("error_description", description)];
            with_scope(&error, &[resource_metadata])
        };
        Self {
            missing: with_scope(&[resource_metadata], &[]),
            ambiguous: Challenge::new(scheme, &[("error", "invalid_request"), resource_metadata]),
            invalid: refused("invalid_token", scheme.words().invalid),
            invalid_proof: refused("invalid_dpop_proof", INVALID_PROOF),
            expired: refused("invalid_token", scheme.words().expired),
            scopes: scopes.clone(),
            scheme,
            metadata_url,
        }
    }
}

impl Challenges {
    /// `metadata_url` is where the metadata of the resource is, if it has any; `scopes` are those that every request needs.
    pub(crate) fn new(scheme: Scheme, metadata_url: Option<String>, scopes: &ScopeSet) -> Self {
        let bound = (scheme == Scheme::BearerOrDpop)
            .then(|| Arc::new(Inner::new(Scheme::Dpop, metadata_url.clone(), scopes)));
        Self {
            inner: Arc::new(Inner::new(scheme, metadata_url, scopes)),
            bound,
            granted: ScopeSet::default(),
        }
    }

    /// The same for a client that came with a token that is bound to a key.
    pub(crate) fn of_bound(mut self) -> Self {
        if let Some(bound) = self.bound.take() {
            self.inner = bound;
        }
        self
    }

    /// The same for a caller whose scopes a challenge for more repeats.
    pub(crate) fn repeating(mut self, granted: &ScopeSet) -> Self {
        let is_repeated = |name: &&str| scope::is_scope(name) && *name != scope::OFFLINE_ACCESS;
        self.granted = granted.iter().filter(is_repeated).collect();
        self
    }

    /// What a refused client is told.
    pub(crate) fn words(&self) -> &'static Words {
        self.inner.scheme.words()
    }

    /// Where the metadata of the resource is, if it has any.
    pub fn metadata_url(&self) -> Option<&str> {
        self.inner.metadata_url.as_deref()
    }

    /// There is no credential.
    pub fn missing(&self) -> &Challenge {
        &self.inner.missing
    }

    /// There is no credential, for an operation that needs these scopes: they are named beside those that every request needs, so
    /// that a client which signs in asks for all of them at once.
    pub fn missing_for<'a>(&self, scopes: impl IntoIterator<Item = &'a str>) -> Challenge {
        let needed: ScopeSet = scopes.into_iter().collect();
        let scopes = self.inner.scopes.with(&needed);
        let named = scopes.to_string();
        let mut parameters = vec![read_on(self.metadata_url())];
        if !named.is_empty() {
            parameters.push(("scope", &named));
        }
        Challenge::new(self.inner.scheme, &parameters)
    }

    /// There is more than one credential.
    pub fn ambiguous(&self) -> &Challenge {
        &self.inner.ambiguous
    }

    /// The token is no good.
    pub fn invalid(&self) -> &Challenge {
        &self.inner.invalid
    }

    /// The proof of the token's key is missing or no good (RFC 9449, section 7.1).
    pub fn invalid_proof(&self) -> &Challenge {
        &self.inner.invalid_proof
    }

    /// The token was good once.
    pub fn expired(&self) -> &Challenge {
        &self.inner.expired
    }

    /// The token does not allow the operation. `scopes` are all that the operation needs, so that one step gets them all. Under
    /// [`Provider::include_granted`](crate::Provider::include_granted) those follow that the token has already.
    pub fn insufficient_scope<'a>(&self, scopes: impl IntoIterator<Item = &'a str>) -> Challenge {
        let needed: ScopeSet = scopes.into_iter().collect();
        let scopes: ScopeSet = needed.iter().chain(self.granted.iter()).collect();
        Challenge::new(
            self.inner.scheme,
            &[
                ("error", "insufficient_scope"),
                ("scope", &scopes.to_string()),
                read_on(self.metadata_url()),
                ("error_description", self.words().insufficient),
            ],
        )
    }
}

fn read_on(metadata_url: Option<&str>) -> (&'static str, &str) {
    metadata_url.map_or(REALM, |url| ("resource_metadata", url))
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://h.example/.well-known/oauth-protected-resource/mcp";

    fn text(challenge: &Challenge) -> &str {
        challenge.value().to_str().unwrap()
    }

    fn bearer(scopes: &ScopeSet) -> Challenges {
        Challenges::new(Scheme::Bearer, Some(URL.into()), scopes)
    }

    #[test]
    fn without_metadata_a_challenge_still_has_a_parameter() {
        let keys = Challenges::new(Scheme::ApiKey, None, &ScopeSet::default());
        assert_eq!(text(keys.missing()), r#"ApiKey realm="mcp""#);
        assert_eq!(
            text(&keys.insufficient_scope(["a"])),
            r#"ApiKey error="insufficient_scope", scope="a", realm="mcp", error_description="The API key lacks a required scope""#
        );
    }

    #[test]
    fn every_challenge_has_its_fixed_form() {
        let plain = bearer(&ScopeSet::default());
        assert_eq!(
            text(plain.missing()),
            format!(r#"Bearer resource_metadata="{URL}""#)
        );
        assert_eq!(
            text(plain.invalid()),
            format!(
                r#"Bearer error="invalid_token", error_description="Token verification failed", resource_metadata="{URL}""#
            )
        );
        let scoped = bearer(&ScopeSet::parse("a b"));
        assert_eq!(
            text(scoped.missing()),
            format!(r#"Bearer resource_metadata="{URL}", scope="a b""#)
        );
        assert_eq!(
            text(scoped.expired()),
            format!(
                r#"Bearer error="invalid_token", error_description="The access token expired", scope="a b", resource_metadata="{URL}""#
            )
        );
        assert_eq!(
            text(scoped.ambiguous()),
            format!(r#"Bearer error="invalid_request", resource_metadata="{URL}""#)
        );
        assert_eq!(
            text(&scoped.insufficient_scope(["c", "d"])),
            format!(
                r#"Bearer error="insufficient_scope", scope="c d", resource_metadata="{URL}", error_description="The access token lacks a required scope""#
            )
        );
    }

    #[test]
    fn a_challenge_to_sign_in_names_what_the_operation_needs() {
        let (plain, scoped) = (bearer(&ScopeSet::default()), bearer(&ScopeSet::parse("a")));
        assert_eq!(&plain.missing_for([]), plain.missing());
        assert_eq!(&scoped.missing_for([]), scoped.missing());
        assert_eq!(
            text(&scoped.missing_for(["b", "a"])),
            format!(r#"Bearer resource_metadata="{URL}", scope="a b""#)
        );
    }

    #[test]
    fn what_is_granted_already_may_be_repeated_behind_what_is_needed() {
        let granted = ScopeSet::from_iter(["a", "c", "offline_access", "no\"scope"]);
        let challenges = bearer(&ScopeSet::default()).repeating(&granted);
        let challenge = challenges.insufficient_scope(["c", "d"]);
        assert!(
            text(&challenge).contains(r#", scope="c d a", "#),
            "{challenge:?}"
        );
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let challenge = Challenge::new(
            Scheme::Bearer,
            &[("scope", "a\" , evil=\"b\\\r\nX: y\u{1b}[2Jü")],
        );
        assert_eq!(
            text(&challenge),
            r#"Bearer scope="a\" , evil=\"b\\X: y[2J""#
        );
    }
}
