//! From a 401 to where tokens are: the challenge (RFC 6750, RFC 9728 section 5.1), the metadata of the protected resource (RFC 9728), that of
//! its authorization server (RFC 8414, OpenID Connect Discovery), PKCE and registration.

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use rmcp::transport::auth::WWWAuthenticateParams;
use serde_json::Value;
use url::Url;

use super::{clock, finding::Report};
use crate::{
    Result, endpoint,
    wire::{self, Answer},
};

/// How many authorization servers are looked at.
const SERVERS: usize = 3;

/// What `first`, the answer to a request without a credential, leads to.
pub(super) async fn examine(
    url: &Url,
    timeout: Duration,
    first: &Answer,
    report: &mut Report,
) -> Result<()> {
    report.area("auth");
    let walk = Walk {
        client: wire::client(timeout, HeaderMap::new())?,
        url,
    };
    let resource = if first.status == StatusCode::UNAUTHORIZED {
        walk.challenged(first, report).await
    } else {
        walk.open(report).await
    };
    let Some(resource) = resource else {
        return Ok(());
    };
    for issuer in walk.issuers(&resource, report) {
        walk.authorization_server(&issuer, report).await;
    }
    Ok(())
}

struct Walk<'a> {
    client: reqwest::Client,
    url: &'a Url,
}

impl Walk<'_> {
    async fn get(&self, url: &Url) -> Option<Answer> {
        let request = self.client.get(url.clone());
        wire::send(request.header(header::ACCEPT, "application/json"))
            .await
            .ok()
    }

    /// The metadata that a 401 leads to.
    async fn challenged(&self, first: &Answer, report: &mut Report) -> Option<Value> {
        let challenge = first.header(header::WWW_AUTHENTICATE).unwrap_or_default();
        if challenge.is_empty() {
            report.problem(
                "challenge",
                "401 without `WWW-Authenticate`: no client knows what to do",
                "let the 401 say `WWW-Authenticate: Bearer resource_metadata=\"..\"`; a server with keys of its own takes them by `--header`",
            );
            return None;
        }
        if !wire::is_bearer(challenge) {
            report.note(
                "challenge",
                format!("401 asks for something else than `Bearer`: {challenge}"),
                "well for a server with keys of its own: give clients theirs as a header. To have users sign in, let the 401 say `Bearer resource_metadata=\"..\"`",
            );
            return None;
        }
        let named = WWWAuthenticateParams::parse(challenge, self.url).resource_metadata_url;
        let found = match &named {
            Some(named) => self.metadata(std::slice::from_ref(named)).await,
            None => self.metadata(&self.guesses()).await,
        };
        match (&named, &found) {
            (Some(named), _) => report.ok("challenge", format!("401 names {named}")),
            (None, Some(_)) => report.warning(
                "challenge",
                "401 does not name the metadata of the resource",
                "add `resource_metadata=\"..\"`: RFC 9728, section 5.1; clients have to guess",
            ),
            // As a server does whose callers have tokens of somebody that no client can ask.
            (None, None) => report.warning(
                "challenge",
                "401 asks for a token, and neither it nor `/.well-known/oauth-protected-resource` says where a client gets one",
                "well for a server whose callers have theirs already: give clients `Authorization: Bearer` as a header. To have users sign in, serve \
                 the metadata of RFC 9728, and let the 401 name it; behind a proxy, `/.well-known/` has to be passed on too",
            ),
        }
        if let (Some(named), None) = (&named, &found) {
            report.problem(
                "resource metadata",
                format!("there is none at {named}"),
                "serve it there, as JSON, to whoever asks: RFC 9728; behind a proxy, `/.well-known/` has to be passed on too",
            );
        }
        let (place, resource) = found?;
        self.identifier(&place, &resource, report);
        Some(resource)
    }

    /// A server that answers anybody may have metadata all the same: some of its tools may ask for a user.
    async fn open(&self, report: &mut Report) -> Option<Value> {
        let found = self.metadata(&self.guesses()).await;
        // A server that gives everybody the same answer has none.
        let found = found.filter(|(_, it)| it["resource"].is_string());
        let Some((place, resource)) = found else {
            report.ok(
                "challenge",
                "none: it answers anybody, and has no metadata of OAuth",
            );
            return None;
        };
        report.ok(
            "challenge",
            "none for a first request: some calls may need a user",
        );
        self.identifier(&place, &resource, report);
        Some(resource)
    }

    /// Where RFC 9728, section 3.1, puts it: with the path, then without.
    fn guesses(&self) -> Vec<Url> {
        let at = |path: &str| {
            let mut url = self.url.clone();
            url.set_query(None);
            url.set_path(&format!("/.well-known/oauth-protected-resource{path}"));
            url
        };
        match self.url.path() {
            "/" => vec![at("")],
            path => vec![at(path), at("")],
        }
    }

    async fn metadata(&self, places: &[Url]) -> Option<(Url, Value)> {
        for place in places {
            let answer = match place.scheme() {
                "http" | "https" => self.get(place).await,
                _ => None,
            };
            let json = answer
                .filter(|it| it.status.is_success())
                .and_then(|it| it.json());
            if let Some(json) = json.filter(Value::is_object) {
                return Some((place.clone(), json));
            }
        }
        None
    }

    /// Clients compare the identifier with the URL they were given, to the letter: RFC 9728, section 3.3.
    fn identifier(&self, place: &Url, resource: &Value, report: &mut Report) {
        let expected = self.url.as_str();
        match resource["resource"].as_str() {
            Some(found) if found == expected || found == expected.trim_end_matches('/') => {
                report.ok("resource metadata", format!("{place} is of {found}"));
            }
            found => report.problem(
                "resource metadata",
                format!(
                    "{place} is of `{}`, and clients were given `{expected}`: they refuse it",
                    found.unwrap_or_default()
                ),
                "give clients the former, or set `public_url` (`BASE_URL`) to the URL that they use",
            ),
        }
    }

    fn issuers(&self, resource: &Value, report: &mut Report) -> Vec<Url> {
        let named = resource["authorization_servers"].as_array();
        let named: Vec<_> = named
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        if named.is_empty() {
            report.problem(
                "authorization server",
                "the metadata of the resource names none",
                "name it in `authorization_servers`",
            );
        }
        let mut issuers = Vec::new();
        for issuer in named.into_iter().take(SERVERS) {
            let good = |url: &Url| {
                url.scheme() == "https" || url.scheme() == "http" && endpoint::is_here(url)
            };
            match Url::parse(issuer).ok().filter(good) {
                Some(url) => issuers.push(url),
                None => report.problem(
                    "authorization server",
                    format!("`{issuer}` is no https URL"),
                    "an issuer is an https URL: RFC 8414, section 2",
                ),
            }
        }
        issuers
    }

    async fn authorization_server(&self, issuer: &Url, report: &mut Report) {
        let path = issuer.path().trim_end_matches('/');
        let at = |path: String| {
            let mut url = issuer.clone();
            url.set_path(&path);
            url
        };
        let places = [
            at(format!("/.well-known/oauth-authorization-server{path}")),
            at(format!("/.well-known/openid-configuration{path}")),
            at(format!("{path}/.well-known/openid-configuration")),
        ];
        let Some((place, metadata)) = self.metadata(&places).await else {
            report.problem(
                "authorization server",
                format!("{issuer} has no metadata"),
                format!("see whether it is reached from here, and has {}", places[0]),
            );
            return;
        };
        let named = metadata["issuer"].as_str().unwrap_or_default();
        if named.trim_end_matches('/') == issuer.as_str().trim_end_matches('/') {
            report.ok("authorization server", format!("{place} is of {named}"));
        } else {
            report.problem(
                "authorization server",
                format!("{place} is of `{named}`, and not of `{issuer}`: clients refuse it"),
                "name the issuer in `authorization_servers` as it names itself: RFC 8414, section 3.3",
            );
        }
        for member in ["authorization_endpoint", "token_endpoint"] {
            if metadata[member].as_str().is_none() {
                report.problem(
                    "authorization server",
                    format!("its metadata has no `{member}`"),
                    "an MCP client signs in with the authorization code grant, which needs both",
                );
            }
        }
        pkce(&metadata, report);
        registration(&metadata, report);
        if let Some(answer) = self.get(&place).await {
            clock::examine(&answer, "the authorization server", report);
        }
    }
}

/// MCP clients go no further without it: the specification's "Authorization Code Protection".
fn pkce(metadata: &Value, report: &mut Report) {
    let methods = metadata["code_challenge_methods_supported"].as_array();
    if methods.is_some_and(|methods| methods.iter().any(|it| it == "S256")) {
        report.ok("pkce", "S256");
    } else {
        report.problem(
            "pkce",
            "the authorization server does not say that it knows S256: clients refuse it",
            "add `S256` to `code_challenge_methods_supported`",
        );
    }
}

fn registration(metadata: &Value, report: &mut Report) {
    let dynamic = metadata["registration_endpoint"].as_str().is_some();
    let documents = metadata["client_id_metadata_document_supported"] == Value::Bool(true);
    match (dynamic, documents) {
        (true, true) => report.ok("registration", "clients register themselves, or name a document of theirs"),
        (true, false) => report.ok("registration", "clients register themselves (RFC 7591)"),
        (false, true) => report.ok("registration", "clients name a document of theirs"),
        (false, false) => report.warning(
            "registration",
            "clients cannot register themselves: each needs an id that somebody made for it",
            "allow dynamic client registration, or client id metadata documents, at the authorization server",
        ),
    }
}
