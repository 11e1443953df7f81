//! What an issuer says of itself: its metadata, of which we read where its keys are.
//!
//! 1. The document of RFC 8414 is asked for first, that of OpenID Connect Discovery 1.0 when the first is not there (404), and
//!    nothing else is guessed.
//! 2. Its `issuer` is the configured one to the letter, or it is of no use (RFC 8414, section 3.3).
//! 3. Its `jwks_uri` is at the issuer's origin, or at one that configuration lists. If the issuer is on the internet, so are its
//!    keys: the document cannot point us into our own network.
//! 4. At most 64 KiB, within 5 seconds for both documents, and no redirects.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use serde_json::Value;
use url::{Origin, Url};

use crate::{
    Reason, TargetError,
    http::{FetchError, Fetcher, Reach, Target},
    json,
};

const LIMIT: usize = 64 * 1024;
const TOTAL: Duration = Duration::from_secs(5);

/// Which documents an issuer publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Documents {
    /// The one of RFC 8414, or else the one of OpenID Connect.
    Either,
    /// The one of OpenID Connect.
    OpenId,
}

/// Asks one issuer.
pub(crate) struct Discovery {
    issuer: String,
    documents: Vec<Fetcher>,
    origins: Vec<Origin>,
    /// Whether the issuer is inside a network, as far as the last request showed.
    is_inside: Arc<AtomicBool>,
}

/// Where the keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeysAt {
    target: Target,
    may_be_inside: bool,
}

/// Why nobody knows where the keys are.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("`{issuer}` did not answer within {} seconds", TOTAL.as_secs())]
    Timeout { issuer: String },
    #[error("`{issuer}` has no metadata, {last} answered 404: is this the issuer to the letter?")]
    Missing { issuer: String, last: String },
    #[error(
        "`{at}` is not the metadata of an issuer: no JSON object with the texts `issuer` and `jwks_uri`"
    )]
    Shape { at: String },
    #[error(
        "`{at}` is the metadata of `{found}`, and configuration says `{issuer}`: they must be the same to the letter"
    )]
    Issuer {
        at: String,
        found: String,
        issuer: String,
    },
    #[error("`{at}` names a `jwks_uri` that {reason}")]
    KeySet { at: String, reason: TargetError },
    #[error(
        "`{at}` says that the keys are at `{origin}`, which is neither the issuer's origin nor one that configuration lists \
         (`keys_origins`)"
    )]
    Origin { at: String, origin: String },
}

impl Discovery {
    /// For an issuer whose URL was checked, and origins that its keys may be at beside its own.
    pub(crate) fn new(
        issuer: &str,
        documents: Documents,
        origins: impl IntoIterator<Item = Origin>,
    ) -> Result<Self, TargetError> {
        let url = Url::parse(issuer).map_err(|_| TargetError::Scheme)?;
        let is_inside = Arc::new(AtomicBool::new(false));
        let fetchers = well_known(issuer, documents)
            .iter()
            .map(|place| {
                let target = Target::new(Url::parse(place).map_err(|_| TargetError::Scheme)?)?;
                let reach = Reach::Noted(Arc::clone(&is_inside));
                Ok(Fetcher::reaching(target, LIMIT, reach))
            })
            .collect::<Result<_, TargetError>>()?;
        Ok(Self {
            issuer: issuer.to_owned(),
            documents: fetchers,
            origins: std::iter::once(url.origin()).chain(origins).collect(),
            is_inside,
        })
    }

    /// Asks now. One request, or two.
    pub(crate) async fn ask(&self) -> Result<KeysAt, DiscoveryError> {
        tokio::time::timeout(TOTAL, self.first_document())
            .await
            .unwrap_or_else(|_| {
                Err(DiscoveryError::Timeout {
                    issuer: self.issuer.clone(),
                })
            })
    }

    async fn first_document(&self) -> Result<KeysAt, DiscoveryError> {
        let mut last = None;
        for document in &self.documents {
            match document.fetch().await {
                Ok(fetched) => return self.keys_at(document.target(), &fetched.body),
                Err(FetchError::Status { status, target }) if status == StatusCode::NOT_FOUND => {
                    last = Some(target.to_string());
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(DiscoveryError::Missing {
            issuer: self.issuer.clone(),
            last: last.expect("an issuer has at least one place for its metadata"),
        })
    }

    fn keys_at(&self, at: &Target, body: &[u8]) -> Result<KeysAt, DiscoveryError> {
        let at = at.to_string();
        let Some(document) = json::object(body) else {
            return Err(DiscoveryError::Shape { at });
        };
        let text = |name| document.get(name).and_then(Value::as_str);
        let (Some(issuer), Some(jwks_uri)) = (text("issuer"), text("jwks_uri")) else {
            return Err(DiscoveryError::Shape { at });
        };
        if issuer != self.issuer {
            return Err(DiscoveryError::Issuer {
                at,
                found: Reason::excerpt(issuer),
                issuer: self.issuer.clone(),
            });
        }
        let Ok(url) = Url::parse(jwks_uri) else {
            return Err(DiscoveryError::Shape { at });
        };
        let origin = url.origin();
        if !self.origins.contains(&origin) {
            return Err(DiscoveryError::Origin {
                at,
                origin: Reason::excerpt(&origin.ascii_serialization()),
            });
        }
        let target = Target::new(url).map_err(|reason| DiscoveryError::KeySet { at, reason })?;
        Ok(KeysAt {
            target,
            may_be_inside: self.is_inside.load(Ordering::Relaxed),
        })
    }
}

#[cfg(any(test, feature = "fuzzing"))]
impl Discovery {
    /// Where the keys are, if the first place has this document.
    pub(crate) fn keys_in(&self, body: &[u8]) -> Option<String> {
        let keys = self.keys_at(self.documents[0].target(), body).ok()?;
        Some(keys.target.to_string())
    }
}

impl KeysAt {
    /// Fetches from there.
    pub(crate) fn fetcher(&self, limit: usize) -> Fetcher {
        let reach = match self.may_be_inside {
            true => Reach::Anywhere,
            false => Reach::Internet,
        };
        Fetcher::reaching(self.target.clone(), limit, reach)
    }
}

impl fmt::Debug for Discovery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Discovery")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// Where the metadata of an issuer may be: inserted before its path (RFC 8414, section 3.1), appended to it (OpenID Connect Discovery
/// 1.0, section 4). A `/` at its end does not count for either.
fn well_known(issuer: &str, documents: Documents) -> Vec<String> {
    let issuer = issuer.trim_end_matches('/');
    let after_scheme = issuer.find("://").map_or(0, |colon| colon + 3);
    let host_end = issuer[after_scheme..]
        .find('/')
        .map_or(issuer.len(), |slash| after_scheme + slash);
    let (origin, path) = issuer.split_at(host_end);
    let openid = format!("{issuer}/.well-known/openid-configuration");
    match documents {
        Documents::Either => vec![
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
            openid,
        ],
        Documents::OpenId => vec![openid],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discovery(issuer: &str) -> Discovery {
        let listed = Url::parse("https://keys.example/").unwrap().origin();
        Discovery::new(issuer, Documents::Either, [listed]).unwrap()
    }

    fn keys(issuer: &str, document: &str) -> Result<String, String> {
        let discovery = discovery(issuer);
        discovery
            .keys_at(discovery.documents[0].target(), document.as_bytes())
            .map(|keys| keys.target.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_well_known_string_is_inserted_then_appended() {
        for (issuer, places) in [
            (
                "https://h",
                [
                    "https://h/.well-known/oauth-authorization-server",
                    "https://h/.well-known/openid-configuration",
                ],
            ),
            (
                "https://h/",
                [
                    "https://h/.well-known/oauth-authorization-server",
                    "https://h/.well-known/openid-configuration",
                ],
            ),
            (
                "http://localhost:8080/realms/acme",
                [
                    "http://localhost:8080/.well-known/oauth-authorization-server/realms/acme",
                    "http://localhost:8080/realms/acme/.well-known/openid-configuration",
                ],
            ),
        ] {
            assert_eq!(well_known(issuer, Documents::Either), places, "{issuer}");
            assert_eq!(
                well_known(issuer, Documents::OpenId),
                places[1..],
                "{issuer}"
            );
        }
    }

    #[test]
    fn keys_are_where_the_document_of_this_issuer_says() {
        let issuer = "https://issuer.example/tenant";
        for good in [
            "https://issuer.example/keys",
            "https://issuer.example:443/elsewhere/keys",
            "https://keys.example/tenant",
        ] {
            let document = format!(r#"{{"issuer":"{issuer}","jwks_uri":"{good}","more":[1]}}"#);
            assert!(keys(issuer, &document).is_ok(), "{good}");
        }
    }

    #[test]
    fn a_document_that_names_another_issuer_is_of_no_use() {
        for other in [
            "https://issuer.example/",
            "https://ISSUER.example",
            "https://issuer.example.evil.example",
            "http://issuer.example",
            "",
        ] {
            let document =
                format!(r#"{{"issuer":"{other}","jwks_uri":"https://issuer.example/keys"}}"#);
            let error = keys("https://issuer.example", &document).unwrap_err();
            assert!(error.contains("to the letter"), "{error}");
        }
    }

    #[test]
    fn keys_elsewhere_are_not_asked_for() {
        for elsewhere in [
            "https://evil.example/keys",
            "https://issuer.example.evil.example/keys",
            "https://issuer.example:8443/keys",
            "http://issuer.example/keys",
            "https://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "data:application/json,{}",
        ] {
            let document =
                format!(r#"{{"issuer":"https://issuer.example","jwks_uri":"{elsewhere}"}}"#);
            let error = keys("https://issuer.example", &document).unwrap_err();
            assert!(error.contains("keys_origins"), "{error}");
        }
        for unfit in [
            "https://user@issuer.example/keys",
            "https://issuer.example/keys#a",
        ] {
            let document = format!(r#"{{"issuer":"https://issuer.example","jwks_uri":"{unfit}"}}"#);
            assert!(
                keys("https://issuer.example", &document).is_err(),
                "{unfit}"
            );
        }
    }

    #[test]
    fn what_is_no_metadata_is_refused() {
        for document in [
            "",
            "<html>",
            "[]",
            r#"["https://issuer.example","https://issuer.example/keys"]"#,
            "{}",
            r#"{"issuer":"https://issuer.example"}"#,
            r#"{"issuer":"https://issuer.example","jwks_uri":5}"#,
            r#"{"issuer":["https://issuer.example"],"jwks_uri":"https://issuer.example/keys"}"#,
            r#"{"issuer":"https://issuer.example","issuer":"https://evil.example","jwks_uri":"https://issuer.example/keys"}"#,
            r#"{"issuer":"https://issuer.example","jwks_uri":"https://issuer.example/keys","more":{"a":1,"a":2}}"#,
            r#"{"issuer":"https://issuer.example","jwks_uri":"/keys"}"#,
        ] {
            let error = keys("https://issuer.example", document).unwrap_err();
            assert!(error.contains("is not the metadata"), "{document}: {error}");
        }
    }
}
