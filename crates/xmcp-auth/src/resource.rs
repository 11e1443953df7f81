//! What is protected: its identifier to the letter, and what clients are told of it.
//!
//! An identifier is compared to the letter by clients (RFC 9728, section 3.3), so it is kept as it was written. A URL type
//! would add a slash here and drop a port there.

use http::{Uri, uri::Scheme};

use crate::{Limits, Problem, ScopeSet};

/// A protected resource, as whoever mounts it describes it.
///
/// ```
/// use xmcp_auth::Resource;
///
/// let resource = Resource::new("https://mcp.example.com/mcp").name("Notes").required_scopes(["notes:read"]);
/// # let _ = resource;
/// ```
#[derive(Debug, Clone)]
pub struct Resource {
    pub(crate) identifiers: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) documentation: Option<String>,
    pub(crate) scopes_supported: ScopeSet,
    pub(crate) required_scopes: ScopeSet,
    pub(crate) sign_in: Option<String>,
    pub(crate) limits: Option<Limits>,
    pub(crate) has_root_form: bool,
}

impl Resource {
    /// The resource of this URL, which is the one that clients connect to, to the letter.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self::of(vec![identifier.into()])
    }

    /// A resource on this machine alone, at `path` of whatever listens on `port`. It has a name for each way to spell the
    /// machine (`localhost`, `127.0.0.1`, `[::1]`), and answers under the one that the client used.
    pub fn on_loopback(port: u16, path: &str) -> Self {
        let port = match port {
            80 => String::new(),
            port => format!(":{port}"),
        };
        let named = |host| format!("http://{host}{port}{path}");
        Self::of(["localhost", "127.0.0.1", "[::1]"].map(named).to_vec())
    }

    fn of(identifiers: Vec<String>) -> Self {
        Self {
            identifiers,
            name: None,
            documentation: None,
            scopes_supported: ScopeSet::default(),
            required_scopes: ScopeSet::default(),
            sign_in: None,
            limits: None,
            has_root_form: true,
        }
    }

    /// What people see when they are asked for consent.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The URL of a page about it, for developers.
    #[must_use]
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.documentation = Some(url.into());
        self
    }

    /// Scopes that clients may ask for, besides the provider's. `offline_access` is left out: it is between client and
    /// authorization server.
    #[must_use]
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes_supported = scopes.into_iter().collect();
        self
    }

    /// Scopes that every request needs, besides the provider's.
    #[must_use]
    pub fn required_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.required_scopes = scopes.into_iter().collect();
        self
    }

    /// Without metadata at the root of its origin, where clients look when they know no better: for an origin with several resources,
    /// of which only one can be there. The challenge and the place that follows from the identifier remain.
    #[must_use]
    pub fn without_root_form(mut self) -> Self {
        self.has_root_form = false;
        self
    }

    /// How to sign in, in words for the log: written once, when the first request without a token is refused. For development. They
    /// are not written where the provider has no metadata, since clients find nobody there to sign in at.
    #[must_use]
    pub fn sign_in(mut self, words: impl Into<String>) -> Self {
        self.sign_in = Some(words.into());
        self
    }

    /// With these limits, unless the provider has others.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }
}

/// A resource's identifier that was checked, and the places that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identifier {
    text: String,
    /// Where the host ends and the path begins.
    path: usize,
}

pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

impl Identifier {
    pub(crate) fn parse(text: &str) -> Result<Self, Problem> {
        let path = path_of(text).map_err(|reason| Problem::Url {
            url: without_user(text),
            what: "a protected resource",
            reason,
        })?;
        Ok(Self {
            text: text.to_owned(),
            path,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// `http://localhost:3001` of `http://localhost:3001/mcp`.
    pub(crate) fn origin(&self) -> &str {
        &self.text[..self.path]
    }

    /// `/mcp` of `http://localhost:3001/mcp`.
    pub(crate) fn path(&self) -> &str {
        &self.text[self.path..]
    }

    /// `localhost` of `http://localhost:3001/mcp`.
    pub(crate) fn host(&self) -> &str {
        let start = self.text.find("://").map_or(0, |colon| colon + 3);
        host_of(&self.text[start..self.path])
    }

    /// The path of the metadata: the well-known string between host and path, a lone slash after the host left out
    /// (RFC 9728, section 3.1).
    pub(crate) fn metadata_path(&self) -> String {
        match &self.text[self.path..] {
            "" | "/" => WELL_KNOWN.to_owned(),
            path => format!("{WELL_KNOWN}{path}"),
        }
    }

    /// The URL of the metadata.
    pub(crate) fn metadata_url(&self) -> String {
        format!("{}{}", &self.text[..self.path], self.metadata_path())
    }
}

/// Checks that a URL is one that may identify a server: `https`, or `http` on this machine; no user, query or fragment.
/// Returns where its path begins.
pub(crate) fn path_of(url: &str) -> Result<usize, &'static str> {
    if url.contains('#') {
        return Err("it has a fragment");
    }
    if url.contains('?') {
        return Err("it has a query");
    }
    let uri: Uri = url.parse().map_err(|_| "it is no URL")?;
    let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
        return Err("it does not begin with https://");
    };
    if authority.as_str().contains('@') {
        return Err("it names a user");
    }
    let port = authority
        .as_str()
        .strip_prefix(host_of(authority.as_str()))
        .and_then(|port| port.strip_prefix(':'));
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err("its port is no port");
    }
    if uri
        .path()
        .bytes()
        .any(|byte| matches!(byte, b'{' | b'}' | b'"' | b'\\'))
    {
        return Err("its path has a character that no path has");
    }
    match scheme {
        scheme if *scheme == Scheme::HTTPS => {}
        scheme if *scheme == Scheme::HTTP && is_loopback(authority.host()) => {}
        _ => return Err("it must begin with https://, for http:// is for this machine alone"),
    }
    let start = url.find("://").map_or(0, |colon| colon + 3);
    Ok(start + authority.as_str().len())
}

/// The URL as an error may show it: whatever stands before an `@` may be a password.
pub(crate) fn without_user(url: &str) -> String {
    match url.rsplit_once('@') {
        None => url.to_owned(),
        Some((before, host)) => {
            let scheme = before
                .split_inclusive("://")
                .next()
                .filter(|scheme| scheme.ends_with("://"));
            format!("{}****@{host}", scheme.unwrap_or_default())
        }
    }
}

/// The host of `host` or `host:port`, with the brackets of an IPv6 address.
pub(crate) fn host_of(authority: &str) -> &str {
    match (authority.rfind(':'), authority.rfind(']')) {
        (Some(colon), bracket) if bracket.is_none_or(|bracket| bracket < colon) => {
            &authority[..colon]
        }
        _ => authority,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r7_the_well_known_string_stands_between_host_and_path() {
        for (identifier, url) in [
            (
                "https://h/mcp",
                "https://h/.well-known/oauth-protected-resource/mcp",
            ),
            (
                "https://h",
                "https://h/.well-known/oauth-protected-resource",
            ),
            (
                "https://h/",
                "https://h/.well-known/oauth-protected-resource",
            ),
            (
                "https://h/mcp/",
                "https://h/.well-known/oauth-protected-resource/mcp/",
            ),
            (
                "https://h:8443/a/b",
                "https://h:8443/.well-known/oauth-protected-resource/a/b",
            ),
            (
                "http://[::1]:3001/mcp",
                "http://[::1]:3001/.well-known/oauth-protected-resource/mcp",
            ),
        ] {
            let parsed = Identifier::parse(identifier).unwrap();
            assert_eq!(parsed.as_str(), identifier);
            assert_eq!(parsed.metadata_url(), url);
        }
    }

    #[test]
    fn r10_an_identifier_is_https_or_on_this_machine_and_has_no_fragment() {
        for good in [
            "https://h/mcp",
            "http://localhost:3001/mcp",
            "http://127.0.0.1/mcp",
            "http://[::1]:1",
        ] {
            assert!(Identifier::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://mcp.example.com/mcp",
            "http://localhost.evil.example/mcp",
            "https://h/mcp#x",
            "https://h/mcp?x=1",
            "https://user@h/mcp",
            "ftp://h/mcp",
            "//h/mcp",
            "/mcp",
            "h",
            "",
            "https://h/m cp",
            "https://h/{a}",
            "https://h:/mcp",
            "https://h:99999/mcp",
            "https://",
        ] {
            assert!(Identifier::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_host_of_an_authority_is_without_port() {
        assert_eq!(host_of("localhost:3001"), "localhost");
        assert_eq!(host_of("localhost"), "localhost");
        assert_eq!(host_of("[::1]:3001"), "[::1]");
        assert_eq!(host_of("[::1]"), "[::1]");
        assert_eq!(
            Identifier::parse("http://[::1]:3001/mcp").unwrap().host(),
            "[::1]"
        );
    }
}
