//! Which issuer, and what its tokens are like.

use std::fmt;

use url::{Origin, Url};

use super::Preset;
use crate::{
    Algorithm, ConfigError, Problem,
    discovery::Documents,
    resource,
    terms::{self, Terms},
};

/// An issuer of access tokens, and what its tokens for this resource are like.
///
/// ```
/// use std::time::Duration;
/// use xmcp_auth::{Algorithm, oauth::OAuthConfig};
///
/// let config = OAuthConfig::new("https://auth.example.com/tenant")?
///     .audiences(["https://notes.example.com"])
///     .algorithms([Algorithm::Es256])
///     .scopes_supported(["notes:read", "notes:write"])
///     .max_lifetime(Duration::from_secs(60 * 60));
/// # let _ = config;
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
pub struct OAuthConfig {
    pub(super) issuer: String,
    pub(super) other_issuers: Vec<String>,
    pub(super) documents: Documents,
    pub(super) keys_origins: Vec<Origin>,
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) preset: Option<&'static Preset>,
    pub(super) terms: Terms,
}

impl OAuthConfig {
    /// The issuer with this identifier, to the letter as it stands in its metadata and tokens: a `/` at its end counts.
    ///
    /// # Errors
    ///
    /// It is not `https` (`http` on this machine), or has a user, query or fragment (RFC 8414, section 2).
    pub fn new(issuer: impl Into<String>) -> Result<Self, ConfigError> {
        let issuer = issuer.into();
        if let Err(reason) = resource::path_of(&issuer) {
            return Err(Problem::Url {
                url: resource::without_user(&issuer),
                what: "an issuer",
                reason,
            }
            .into());
        }
        Ok(Self {
            issuer,
            other_issuers: Vec::new(),
            documents: Documents::Either,
            keys_origins: Vec::new(),
            algorithms: vec![Algorithm::Rs256],
            preset: None,
            terms: Terms::default(),
        })
    }

    terms::methods!();

    /// What `aud` must have one of, instead of the resource's identifiers: for issuers that name a resource otherwise than by its
    /// URL. URLs are the same in any case of scheme and host, and with or without a `/` at the end; other texts are compared to the
    /// letter.
    #[must_use]
    pub fn audiences<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.terms.audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// How tokens may be signed. RS256 alone unless said otherwise.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// Further values of `iss` that are good, to the letter: for issuers that go by several names, or are moving to another. Their
    /// tokens must be signed by keys of the one in [`new`](Self::new).
    #[must_use]
    pub fn other_issuers<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.other_issuers = issuers.into_iter().map(Into::into).collect();
        self
    }

    /// Origins (`https://keys.example.com`) at which the issuer may say that its keys are, beside its own. Of a URL, all behind the
    /// origin is left out.
    ///
    /// # Errors
    ///
    /// One of them is no URL, or neither `https` nor `http` on this machine.
    pub fn keys_origins<S: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = S>,
    ) -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        for origin in origins {
            let text = origin.as_ref();
            match resource::path_of(text).and_then(|_| Url::parse(text).map_err(|_| "it is no URL"))
            {
                Ok(url) => self.keys_origins.push(url.origin()),
                Err(reason) => problems.push(Problem::Url {
                    url: resource::without_user(text),
                    what: "an issuer's keys",
                    reason,
                }),
            }
        }
        ConfigError::unless_none(problems, self)
    }

    /// Asks for the document of OpenID Connect alone (`<issuer>/.well-known/openid-configuration`), for issuers that answer the
    /// other question with something else than 404.
    #[must_use]
    pub fn openid_only(mut self) -> Self {
        self.documents = Documents::OpenId;
        self
    }

    /// With what a preset knows and no other method says.
    pub(super) fn with_preset(mut self, preset: &'static Preset) -> Self {
        self.documents = preset.documents();
        self.terms.at_jwt_only = preset.has_typ();
        self.terms.claim_names.client = preset.client();
        self.preset = Some(preset);
        self
    }

    /// Whether anything but the issuer decides who may call.
    pub(super) fn names_callers(&self) -> bool {
        !self.terms.demands.is_empty()
    }

    /// The issuer's identifier.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
}

impl fmt::Debug for OAuthConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OAuthConfig")
            .field("issuer", &self.issuer)
            .field("audiences", &self.terms.audiences)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_https_or_on_this_machine_and_stays_as_it_is_written() {
        for good in [
            "https://issuer.example",
            "https://issuer.example/",
            "https://issuer.example/realms/acme",
            "http://localhost:8080/realms/acme",
        ] {
            assert_eq!(OAuthConfig::new(good).unwrap().issuer(), good);
        }
        for bad in [
            "http://issuer.example",
            "issuer.example",
            "https://issuer.example?x",
            "https://issuer.example#x",
            "",
        ] {
            assert!(OAuthConfig::new(bad).is_err(), "{bad}");
        }
        let error = OAuthConfig::new("https://ada:hunter2@issuer.example").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`https://****@issuer.example` cannot be the URL of an issuer: it names a user"
        );
    }

    #[test]
    fn everything_that_is_wrong_with_origins_is_said_at_once() {
        let config = OAuthConfig::new("https://issuer.example").unwrap();
        let error = config
            .keys_origins(["http://keys.example", "https://keys.example", "keys"])
            .unwrap_err();
        assert_eq!(error.problems().len(), 2, "{error}");
    }
}
