//! Verifies tokens that are signed JWTs, with the keys that their issuer publishes.
//!
//! What is checked of the token is in [`crate::token`], what of the keys in [`crate::keys`]; this puts them in order:
//! length, cache, header, issuer, key, signature, claims, revocation.

use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use url::Url;

use crate::{
    Algorithm, Clock, Credential, Reason, Revocation, Session, SystemClock, TargetError, Verifier,
    VerifyError,
    claim_names::ClaimNames,
    discovery::Discovery,
    fingerprint::Fingerprint,
    http::Target,
    keys::{Key, KeySource, Location, NoKey, Notices, Supply},
    revocation,
    token::{Demand, MAX_LENGTH, Rules, SignedToken},
    token_cache::{CEILING, TokenCache},
};

/// Verifies signed JWTs (RFC 7519, 8725, 9068) of one authorization server.
///
/// A token makes a session if its signature is by a key of the JSON Web Key Set, `iss` is one of the issuers to the letter, `aud`
/// names one of the audiences, `exp`, `iat` and (if it is there) `nbf` hold now, and `sub` names somebody. None of these can be
/// turned off.
///
/// Keys are fetched when the first token comes, so building one sends nothing. Verifying needs a tokio runtime.
///
/// ```
/// use xmcp_auth::{Algorithm, JwtVerifier};
///
/// let verifier = JwtVerifier::builder("https://issuer.example/keys".parse()?)
///     .issuers(["https://issuer.example"])
///     .audiences(["https://mcp.example/mcp"])
///     .algorithms([Algorithm::Rs256])
///     .build()?;
/// # let _ = verifier;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct JwtVerifier {
    algorithms: Vec<Algorithm>,
    rules: Rules,
    names: ClaimNames,
    clock: Arc<dyn Clock>,
    cache: Arc<TokenCache>,
    keys: Supply,
    revocation: Option<Box<dyn Revocation>>,
}

/// A [`JwtVerifier`] in the making.
pub struct JwtVerifierBuilder {
    keys: KeysFrom,
    algorithms: Vec<Algorithm>,
    rules: Rules,
    names: ClaimNames,
    cache: Duration,
    clock: Arc<dyn Clock>,
    revocation: Option<Box<dyn Revocation>>,
    resolved: Box<dyn Fn(&str) + Send + Sync>,
}

/// Where a verifier has its keys from.
pub(crate) enum KeysFrom {
    /// The set at this URL.
    Set(Url),
    /// The set that the issuer names.
    Issuer(Discovery),
    /// This one, which stays.
    Fixed(Arc<Key>),
}

/// What no verifier can be made of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwtVerifierError {
    /// Keys may not be fetched from there.
    #[error("the URL of the key set {0}")]
    KeySet(#[from] TargetError),
    /// Without issuers, every token would be refused.
    #[error("no issuer is named")]
    NoIssuer,
    /// Without audiences, every token would be refused.
    #[error("no audience is named")]
    NoAudience,
    /// Without algorithms, every token would be refused.
    #[error("no algorithm is named")]
    NoAlgorithm,
    /// A shared secret is no key that somebody publishes.
    #[error(
        "HS256 is for a shared secret, and no key set has one: `jwt::Keys::shared_secret` takes it"
    )]
    Symmetric,
}

impl JwtVerifier {
    /// A verifier with the keys at this URL, which must be `https`, or `http` on this machine.
    pub fn builder(jwks_uri: Url) -> JwtVerifierBuilder {
        Self::with_keys(KeysFrom::Set(jwks_uri))
    }

    pub(crate) fn with_keys(keys: KeysFrom) -> JwtVerifierBuilder {
        JwtVerifierBuilder {
            keys,
            algorithms: vec![Algorithm::Rs256],
            rules: Rules {
                issuers: Vec::new(),
                audiences: Vec::new(),
                resources: Vec::new(),
                leeway: Duration::from_secs(30),
                max_lifetime: Duration::from_secs(24 * 60 * 60),
                demands: Vec::new(),
                at_jwt_only: false,
            },
            names: ClaimNames::default(),
            cache: CEILING,
            clock: Arc::new(SystemClock),
            revocation: None,
            resolved: Box::new(|_| {}),
        }
    }

    async fn session(&self, credential: Credential<'_>) -> Result<Session, VerifyError> {
        let token = credential
            .token()
            .ok_or(VerifyError::Invalid(Reason::Malformed))?;
        if token.len() > MAX_LENGTH {
            return Err(VerifyError::Invalid(Reason::Malformed));
        }
        let fingerprint = Fingerprint::of(token);
        let session = match self.cache.get(&fingerprint) {
            Some(session) => session,
            None => self.verified(token, fingerprint).await?,
        };
        credential.check_binding(session.confirmation())?;
        revocation::check(self.revocation.as_deref(), &session).await?;
        Ok(session)
    }

    async fn verified(
        &self,
        token: &str,
        fingerprint: Fingerprint,
    ) -> Result<Session, VerifyError> {
        let epoch = self.cache.epoch();
        // At `trace`: the layer says at `debug` why it refused a token, and this is the same refusal from nearer by.
        let signed = SignedToken::parse(token, &self.algorithms)
            .map_err(VerifyError::Invalid)
            .inspect_err(|error| tracing::trace!(token = %fingerprint, %error, "token refused"))?;
        let (algorithm, key) = (signed.algorithm(), signed.key_id().map(Reason::excerpt));
        let session = self.checked(signed).await.inspect_err(
            |error| tracing::trace!(token = %fingerprint, %algorithm, key, %error, "token refused"),
        )?;
        self.cache.insert(fingerprint, &session, epoch);
        Ok(session)
    }

    async fn checked(&self, token: SignedToken<'_>) -> Result<Session, VerifyError> {
        if self.rules.at_jwt_only && !token.is_access_token() {
            return Err(VerifyError::Invalid(Reason::Header("typ")));
        }
        // Somebody else's token, which the key would show as well. Where several issuers are trusted, each by a verifier of its own, a
        // token makes requests only to the one whose it says it is.
        self.rules.check_issuer(token.unverified())?;
        let keys = match self.keys.find(token.key_id(), token.algorithm()).await {
            Ok(keys) => keys,
            Err(NoKey::Unavailable { retry_after }) => {
                return Err(VerifyError::Unavailable { retry_after });
            }
            Err(NoKey::Unknown) => {
                let reason = token.key_id().map_or(Reason::NoKeyId, |id| {
                    Reason::UnknownKey(Reason::excerpt(id))
                });
                return Err(VerifyError::Invalid(reason));
            }
        };
        let claims = token.claims(&keys).map_err(VerifyError::Invalid)?;
        self.rules.check(&claims, self.clock.now())?;
        Session::from_claims(claims, &self.names)
            .map_err(|name| VerifyError::Invalid(Reason::Claim(name)))
    }
}

impl Verifier for JwtVerifier {
    fn verify<'a>(
        &'a self,
        credential: Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(self.session(credential))
    }

    fn compares_digests(&self) -> bool {
        true
    }

    fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        let session = self.remembered_bytes(credential.token()?.as_bytes())?;
        credential
            .check_binding(session.confirmation())
            .is_ok()
            .then_some(session)
    }

    fn remembered_bytes(&self, token: &[u8]) -> Option<Session> {
        // Whether a token was revoked cannot be asked without waiting.
        if self.revocation.is_some() {
            return None;
        }
        self.cache.get(&Fingerprint::of(token))
    }
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JwtVerifier")
            .field("algorithms", &self.algorithms)
            .field("rules", &self.rules)
            .field("keys", &self.keys)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}

impl JwtVerifierBuilder {
    /// Who may have issued a token: `iss`, compared to the letter. At least one.
    #[must_use]
    pub fn issuers<S: Into<String>>(mut self, issuers: impl IntoIterator<Item = S>) -> Self {
        self.rules.issuers = issuers.into_iter().map(Into::into).collect();
        self
    }

    /// Our names, one of which `aud` must have. At least one. URLs are the same in any case of scheme and host, and with or without
    /// a `/` at the end; other texts are compared to the letter.
    #[must_use]
    pub fn audiences<S: Into<String>>(mut self, audiences: impl IntoIterator<Item = S>) -> Self {
        self.rules.audiences = audiences.into_iter().map(Into::into).collect();
        self
    }

    /// Our names, one of which the claim `resource` must be if a token has it. By default the claim is not looked at.
    #[must_use]
    pub fn resources<S: Into<String>>(mut self, resources: impl IntoIterator<Item = S>) -> Self {
        self.rules.resources = resources.into_iter().map(Into::into).collect();
        self
    }

    /// How a token may be signed. RS256 alone unless said otherwise.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = Algorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How far the issuer's clock may differ from ours. 30 seconds unless said otherwise.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.rules.leeway = leeway;
        self
    }

    /// How long a token may be meant to live, from `iat` to `exp`. 24 hours unless said otherwise.
    #[must_use]
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.rules.max_lifetime = max_lifetime;
        self
    }

    /// How long a token that was verified is believed without another look: at most 30 seconds, which is the default, and never
    /// beyond its end. Zero looks every time.
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

    /// Asks this at every request, also for tokens in the cache.
    #[must_use]
    pub fn revocation(mut self, revocation: impl Revocation) -> Self {
        self.revocation = Some(Box::new(revocation));
        self
    }

    pub(crate) fn revocation_hook(mut self, revocation: Option<Box<dyn Revocation>>) -> Self {
        self.revocation = revocation;
        self
    }

    pub(crate) fn demands(mut self, demands: impl IntoIterator<Item = Demand>) -> Self {
        self.rules.demands = demands.into_iter().collect();
        self
    }

    pub(crate) fn at_jwt_only(mut self, at_jwt_only: bool) -> Self {
        self.rules.at_jwt_only = at_jwt_only;
        self
    }

    pub(crate) fn claim_names(mut self, names: ClaimNames) -> Self {
        self.names = names;
        self
    }

    /// Calls this once, when the first keys came, with the URL they came from, less its query.
    #[must_use]
    pub fn on_keys_resolved(mut self, resolved: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.resolved = Box::new(resolved);
        self
    }

    /// The verifier. Sends nothing.
    ///
    /// # Errors
    ///
    /// The URL of the keys may not be asked, or there is nothing that a token could be accepted by.
    pub fn build(self) -> Result<JwtVerifier, JwtVerifierError> {
        if self.rules.issuers.is_empty() {
            return Err(JwtVerifierError::NoIssuer);
        }
        if self.rules.audiences.is_empty() {
            return Err(JwtVerifierError::NoAudience);
        }
        if self.algorithms.is_empty() {
            return Err(JwtVerifierError::NoAlgorithm);
        }
        let is_fixed = matches!(self.keys, KeysFrom::Fixed(_));
        if self.algorithms.contains(&Algorithm::Hs256) && !is_fixed {
            return Err(JwtVerifierError::Symmetric);
        }
        let cache = Arc::new(TokenCache::new(self.cache, Arc::clone(&self.clock)));
        let notices = Notices {
            resolved: self.resolved,
            changed: Box::new({
                let cache = Arc::clone(&cache);
                move || cache.clear()
            }),
        };
        let published = |location| {
            let algorithms = self.algorithms.clone();
            let clock = Arc::clone(&self.clock);
            Supply::Published(KeySource::new(location, algorithms, clock, notices))
        };
        Ok(JwtVerifier {
            keys: match self.keys {
                KeysFrom::Set(url) => published(Location::named(Target::new(url)?)),
                KeysFrom::Issuer(discovery) => published(Location::discovered(discovery)),
                KeysFrom::Fixed(key) => Supply::Fixed(key),
            },
            algorithms: self.algorithms,
            rules: self.rules,
            names: self.names,
            clock: self.clock,
            cache,
            revocation: self.revocation,
        })
    }
}

impl fmt::Debug for JwtVerifierBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JwtVerifierBuilder")
            .field("algorithms", &self.algorithms)
            .field("rules", &self.rules)
            .field("cache", &self.cache)
            .finish_non_exhaustive()
    }
}
