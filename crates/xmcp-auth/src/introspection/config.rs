//! Which endpoint is asked, by whom, and what its answers must say.

use std::{fmt, sync::Arc, time::Duration};

use crate::{
    Clock, ConfigError, Problem, ScopeSet, Secret, SystemClock,
    http::{ClientAuthentication, Target},
    resource,
    token_cache::CEILING,
};

/// An endpoint that says what tokens stand for, and what it must say of one for us.
///
/// ```
/// use xmcp_auth::introspection::IntrospectionConfig;
///
/// let config = IntrospectionConfig::new("https://auth.example.com/introspect", "https://auth.example.com")?
///     .client_secret_post("notes-server", "the client's secret")
///     .audiences(["notes"])
///     .user_claim("username");
/// # let _ = config;
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
pub struct IntrospectionConfig {
    pub(super) endpoint: Target,
    pub(super) issuer: String,
    pub(super) issuers: Vec<String>,
    pub(super) client: Option<ClientAuthentication>,
    pub(super) audiences: Audiences,
    pub(super) user_claim: &'static str,
    pub(super) scope_claims: Vec<String>,
    pub(super) takes_jwts: bool,
    pub(super) scopes_supported: ScopeSet,
    pub(super) required_scopes: ScopeSet,
    pub(super) leeway: Duration,
    pub(super) cache: Duration,
    pub(super) clock: Arc<dyn Clock>,
}

/// For whom a token must have been issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Audiences {
    /// For one of the resource's identifiers.
    Resource,
    /// For one of these.
    These(Vec<String>),
    /// For one of the resource's identifiers, if the answer says for whom.
    ResourceIfNamed,
}

impl IntrospectionConfig {
    /// The endpoint, and the issuer from which clients get tokens, as the resource's metadata names it.
    ///
    /// # Errors
    ///
    /// The endpoint is no URL, or not `https` (`http` on this machine), or has a user, password or fragment.
    pub fn new(endpoint: &str, issuer: &str) -> Result<Self, ConfigError> {
        let target = endpoint.parse().ok().and_then(|url| Target::new(url).ok());
        let endpoint = target.ok_or_else(|| Problem::Url {
            url: resource::without_user(endpoint),
            what: "an introspection endpoint",
            reason: "it must be `https` (`http` on this machine), without user, password and fragment",
        })?;
        Ok(Self {
            endpoint,
            issuer: issuer.to_owned(),
            issuers: vec![issuer.to_owned()],
            client: None,
            audiences: Audiences::Resource,
            user_claim: "sub",
            scope_claims: Vec::new(),
            takes_jwts: true,
            scopes_supported: ScopeSet::default(),
            required_scopes: ScopeSet::default(),
            leeway: Duration::from_secs(30),
            cache: CEILING,
            clock: Arc::new(SystemClock),
        })
    }

    /// We ask as this client, with id and secret in the header (`client_secret_basic`). What most authorization servers want.
    #[must_use]
    pub fn client_secret_basic(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.client = Some(ClientAuthentication::Basic {
            id: id.into(),
            secret: secret.into(),
        });
        self
    }

    /// We ask as this client, with id and secret in the form (`client_secret_post`).
    #[must_use]
    pub fn client_secret_post(mut self, id: impl Into<String>, secret: impl Into<Secret>) -> Self {
        self.client = Some(ClientAuthentication::Post {
            id: id.into(),
            secret: secret.into(),
        });
        self
    }

    /// We ask with a token of our own (RFC 7662, section 2.1). It is sent as it is and never refreshed.
    #[must_use]
    pub fn bearer_token(mut self, token: impl Into<Secret>) -> Self {
        self.client = Some(ClientAuthentication::Bearer(token.into()));
        self
    }

    /// Our names, one of which `aud` must have. The resource's identifiers unless said otherwise. URLs are the same in any case of
    /// scheme and host, and with or without a `/` at the end; other texts are compared to the letter.
    #[must_use]
    pub fn audiences<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.audiences = Audiences::These(audiences.into_iter().map(Into::into).collect());
        self
    }

    /// Accepts tokens of which the answer does not say for whom they are. If it does say so, it must still be the resource.
    ///
    /// Every token of this authorization server then opens this resource, whatever it was issued for: MCP forbids it (2025-11-25
    /// basic/authorization, "Token Handling"). For a server that has one resource and no word for it.
    #[must_use]
    pub fn dangerously_accept_tokens_without_audience(mut self) -> Self {
        self.audiences = Audiences::ResourceIfNamed;
        self
    }

    /// Who `iss` may be if the answer names one, to the letter. The issuer alone unless said otherwise.
    #[must_use]
    pub fn issuers<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.issuers = issuers.into_iter().map(Into::into).collect();
        self
    }

    /// Which claim is the user's id: `sub` unless said otherwise. It must never name two callers alike, as `username` may not and
    /// `email` may.
    #[must_use]
    pub fn user_claim(mut self, name: &'static str) -> Self {
        self.user_claim = name;
        self
    }

    /// A claim whose texts are scopes too, beside those of `scope`, `scopes` and `scp`: `permissions`, perhaps.
    #[must_use]
    pub fn scope_claim(mut self, name: impl Into<String>) -> Self {
        self.scope_claims.push(name.into());
        self
    }

    /// Does not ask about tokens that are signed JWTs, and refuses them. For [`any_of`](crate::any_of), beside a provider that
    /// takes those: tokens that it refused are then sent nowhere.
    #[must_use]
    pub fn only_opaque(mut self) -> Self {
        self.takes_jwts = false;
        self
    }

    /// Scopes that clients may ask for, as the metadata tells them.
    #[must_use]
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes_supported = scopes.into_iter().collect();
        self
    }

    /// Scopes that every request needs; without one of them the answer is `403`.
    #[must_use]
    pub fn required_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.required_scopes = scopes.into_iter().collect();
        self
    }

    /// How far the authorization server's clock may differ from ours. 30 seconds unless said otherwise.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// How long a yes is believed without another question: at most 30 seconds, which is the default, and never beyond the token's
    /// end. Zero asks every time, and believes no no either.
    #[must_use]
    pub fn cache(mut self, lifetime: Duration) -> Self {
        self.cache = lifetime;
        self
    }

    /// By this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }
}

impl fmt::Debug for IntrospectionConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IntrospectionConfig")
            .field("endpoint", &self.endpoint)
            .field("issuer", &self.issuer)
            .field("client", &self.client)
            .field("audiences", &self.audiences)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_that_may_not_be_asked_is_refused_with_what_is_wrong() {
        for bad in [
            "http://auth.example.com/introspect",
            "https://auth.example.com/introspect#now",
            "auth.example.com",
            "",
        ] {
            let error = IntrospectionConfig::new(bad, "https://auth.example.com").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "`{bad}` cannot be the URL of an introspection endpoint: it must be `https` (`http` on this machine), without user, password and fragment"
                )
            );
        }
        let error =
            IntrospectionConfig::new("https://ada:hunter2@auth.example.com", "i").unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn nothing_shows_a_secret() {
        let config = || {
            IntrospectionConfig::new(
                "https://auth.example.com/i?key=hunter2",
                "https://auth.example.com",
            )
            .unwrap()
        };
        for config in [
            config().client_secret_basic("us", "hunter2"),
            config().client_secret_post("us", "hunter2"),
            config().bearer_token("hunter2"),
        ] {
            let shown = format!("{config:?}");
            assert!(
                shown.contains("****") && !shown.contains("hunter2"),
                "{shown}"
            );
        }
    }
}
