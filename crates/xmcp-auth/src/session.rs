//! A verified caller, as handlers see one.
//!
//! 1. A session exists only where something verified the caller, or where a test says so.
//! 2. It shows no token, and prints no more than whose it is. Where a token exchange is configured it holds the caller's, for the
//!    authorization server alone.

use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::{
    AccessToken, ClaimError, ExchangeError, ScopeMatcher, ScopeSet, TokenRequest,
    claim_names::ClaimNames, claims, exchange::Delegation,
};

/// A verified caller. Cloning is cheap.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
    /// In the place of the token's, where its provider grants others beside them.
    scopes: Option<Arc<ScopeSet>>,
    matcher: ScopeMatcher,
    delegation: Option<Arc<Delegation>>,
}

#[derive(Clone)]
struct Inner {
    user_id: String,
    client_id: Option<String>,
    organization_id: Option<String>,
    scopes: ScopeSet,
    roles: Vec<String>,
    permissions: Vec<String>,
    issuer: String,
    token_id: Option<String>,
    expires_at: SystemTime,
    issued_at: SystemTime,
    /// `cnf` of the claims, which every request asks for.
    confirmation: Option<Value>,
    /// A hash of issuer and user, with a secret of this process.
    number: u64,
    claims: Map<String, Value>,
}

/// Whose claims these are, since when and until when.
pub(crate) struct Whose {
    pub(crate) user_id: String,
    pub(crate) issuer: String,
    /// None if nobody knows.
    pub(crate) expires_at: Option<SystemTime>,
    pub(crate) issued_at: SystemTime,
}

/// The secret of [`Session::number`].
static NUMBERS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The year 2100: the end of what has none.
fn far_away() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800)
}

impl Session {
    /// The session of claims that a verifier found good. The error names the claim without which there is none: `sub` and
    /// `iss` must be texts, `exp` and `iat` times.
    pub(crate) fn from_claims(
        found: Map<String, Value>,
        names: &ClaimNames,
    ) -> Result<Self, &'static str> {
        let text = |name| claims::text(&found, name).map(str::to_owned);
        let whose = Whose {
            user_id: text("sub").ok_or("sub")?,
            issuer: text("iss").ok_or("iss")?,
            expires_at: Some(claims::time(&found, "exp").ok_or("exp")?),
            issued_at: claims::time(&found, "iat").ok_or("iat")?,
        };
        Ok(Self::of_claims(whose, found, names))
    }

    /// The session of claims that a verifier found good, which need not say all of this themselves.
    pub(crate) fn of_claims(whose: Whose, found: Map<String, Value>, names: &ClaimNames) -> Self {
        let text = |name| claims::text(&found, name).map(str::to_owned);
        Self::of(Inner {
            user_id: whose.user_id,
            client_id: names.client(&found),
            organization_id: names.organization(&found),
            scopes: ScopeSet::of_claims(&found),
            roles: names.roles(&found),
            permissions: claims::texts(&found, "permissions"),
            issuer: whose.issuer,
            token_id: text("jti"),
            expires_at: whose.expires_at.unwrap_or_else(far_away),
            issued_at: whose.issued_at,
            confirmation: None,
            number: 0,
            claims: found,
        })
    }

    fn of(mut inner: Inner) -> Self {
        // What every request asks for is made once for each token.
        inner.confirmation = inner.claims.get("cnf").cloned();
        inner.number = NUMBERS.hash_one((&inner.issuer, &inner.user_id));
        Self {
            inner: Arc::new(inner),
            scopes: None,
            matcher: ScopeMatcher::exact(),
            delegation: None,
        }
    }

    /// The same caller, in whose name tokens for other services can be had.
    pub(crate) fn delegating(mut self, delegation: Delegation) -> Self {
        self.delegation = Some(Arc::new(delegation));
        self
    }

    /// The same caller, who has these scopes beside those of the token.
    pub(crate) fn granted(mut self, scopes: &ScopeSet) -> Self {
        if !scopes.is_empty() {
            self.scopes = Some(Arc::new(self.scopes().with(scopes)));
        }
        self
    }

    /// The same caller, whose scopes mean what this matcher says.
    pub(crate) fn matching(mut self, matcher: ScopeMatcher) -> Self {
        self.matcher = matcher;
        self
    }

    /// A session for a caller whom a [`Verifier`](crate::Verifier) of one's own found good: who vouches for it, and its name there.
    /// The two together must never name another caller.
    ///
    /// It is over in the year 2100 unless it is told otherwise.
    ///
    /// ```
    /// use xmcp_auth::Session;
    ///
    /// let session = Session::builder("https://keys.example.com", "ci").scopes(["build:read"]).build();
    /// assert_eq!((session.issuer(), session.user_id()), ("https://keys.example.com", "ci"));
    /// ```
    pub fn builder(issuer: impl Into<String>, user_id: impl Into<String>) -> SessionBuilder {
        Self::for_test(user_id).issuer(issuer)
    }

    /// A session of a test's making. No request gets one this way.
    ///
    /// ```
    /// use xmcp_auth::Session;
    ///
    /// let session = Session::for_test("usr_1").scopes(["greet:read"]).organization_id("org_1").build();
    /// assert_eq!(session.user_id(), "usr_1");
    /// assert!(session.has_scope("greet:read"));
    /// ```
    pub fn for_test(user_id: impl Into<String>) -> SessionBuilder {
        SessionBuilder {
            inner: Inner {
                user_id: user_id.into(),
                client_id: None,
                organization_id: None,
                scopes: ScopeSet::default(),
                roles: Vec::new(),
                permissions: Vec::new(),
                issuer: String::from("https://issuer.example"),
                token_id: None,
                expires_at: far_away(),
                issued_at: SystemTime::UNIX_EPOCH,
                confirmation: None,
                number: 0,
                claims: Map::new(),
            },
        }
    }

    /// Who it is: the token's `sub`. A user, or a machine that acts for itself.
    pub fn user_id(&self) -> &str {
        &self.inner.user_id
    }

    /// Whether no person is behind it: the client is its own subject.
    pub fn is_machine(&self) -> bool {
        self.client_id() == Some(self.user_id())
    }

    /// The application through which the caller came.
    pub fn client_id(&self) -> Option<&str> {
        self.inner.client_id.as_deref()
    }

    /// The organization the caller acts for.
    pub fn organization_id(&self) -> Option<&str> {
        self.inner.organization_id.as_deref()
    }

    /// What the token allows, in the order it says so, and behind it what the provider grants.
    pub fn scopes(&self) -> &ScopeSet {
        self.scopes.as_deref().unwrap_or(&self.inner.scopes)
    }

    /// Whether the token allows this: to the letter, and by what the resource's [`ScopeMatcher`] says.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.matcher.covers(self.scopes(), scope)
    }

    /// Whose session it is, as a number that means something in this process alone: that of a user of one issuer, through whichever
    /// application. Two users are as good as never the same, and nobody can choose to be.
    pub fn number(&self) -> u64 {
        self.inner.number
    }

    /// The caller's roles in the organization.
    pub fn roles(&self) -> &[String] {
        &self.inner.roles
    }

    /// The caller's permissions in the organization.
    pub fn permissions(&self) -> &[String] {
        &self.inner.permissions
    }

    /// When the session ends.
    pub fn expires_at(&self) -> SystemTime {
        self.inner.expires_at
    }

    /// When the token was issued.
    pub fn issued_at(&self) -> SystemTime {
        self.inner.issued_at
    }

    /// The authorization server that vouches for the caller.
    pub fn issuer(&self) -> &str {
        &self.inner.issuer
    }

    /// The token's own name (`jti`), by which it can be revoked.
    pub fn token_id(&self) -> Option<&str> {
        self.inner.token_id.as_deref()
    }

    /// Every claim of the token, verified with it.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.inner.claims
    }

    /// What the token is bound to (`cnf`, RFC 7800), for [`Credential::check_binding`](crate::Credential::check_binding).
    pub(crate) fn confirmation(&self) -> Option<&Value> {
        self.inner.confirmation.as_ref()
    }

    /// A claim of one's own as a type, none when it is missing or null.
    ///
    /// # Errors
    ///
    /// The claim is there and no `T`. The error names the claim and the type, not the value.
    ///
    /// ```
    /// let session = xmcp_auth::Session::for_test("usr_1").claim("plan", "pro").build();
    /// assert_eq!(session.claim::<String>("plan")?.as_deref(), Some("pro"));
    /// assert_eq!(session.claim::<String>("team")?, None);
    /// # Ok::<(), xmcp_auth::ClaimError>(())
    /// ```
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        claims::typed(&self.inner.claims, name)
    }

    /// A token for another service in the caller's name, where the provider [exchanges tokens](crate::Provider::token_exchange)
    /// (RFC 8693). The caller's own token is for this resource alone and is shown to nobody else.
    ///
    /// It is kept until 10 seconds before its end, so asking again is cheap.
    ///
    /// # Errors
    ///
    /// No exchange is configured; the caller's token is bound to a key; the authorization server refuses, cannot be reached, takes
    /// longer than 5 seconds, or answers with something else.
    ///
    /// ```
    /// use xmcp_auth::{ExchangeError, Session, TokenRequest};
    ///
    /// async fn events(session: &Session) -> Result<String, ExchangeError> {
    ///     let calendar = TokenRequest::for_resource("https://calendar.example.com").scopes(["events:read"]);
    ///     let token = session.token_for(calendar).await?;
    ///     Ok(format!("Authorization: Bearer {}", token.expose()))
    /// }
    /// # let _ = events;
    /// ```
    pub async fn token_for(
        &self,
        service: impl Into<TokenRequest>,
    ) -> Result<AccessToken, ExchangeError> {
        match &self.delegation {
            Some(delegation) => delegation.token(service.into()).await,
            None => Err(ExchangeError::NotConfigured),
        }
    }

    /// The key under which to keep something for this caller alone: issuer, user, namespace and id, none of which can reach
    /// into another. Having a handle is then no way to another's state (MCP security best practices, session hijacking).
    ///
    /// ```
    /// let ada = xmcp_auth::Session::for_test("usr_ada").build();
    /// assert_eq!(ada.key("cart", "7"), "https://issuer.example|usr_ada|cart|7");
    /// ```
    pub fn key(&self, namespace: &str, id: &str) -> String {
        [self.issuer(), self.user_id(), namespace, id]
            .map(|part| part.replace('%', "%25").replace('|', "%7C"))
            .join("|")
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("user_id", &self.inner.user_id)
            .finish_non_exhaustive()
    }
}

/// A session in the making.
#[derive(Clone)]
pub struct SessionBuilder {
    inner: Inner,
}

impl SessionBuilder {
    /// With these scopes.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.inner.scopes = scopes.into_iter().collect();
        self
    }

    /// Through this application. The user's own id makes it a machine.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.inner.client_id = Some(client_id.into());
        self
    }

    /// In this organization.
    #[must_use]
    pub fn organization_id(mut self, organization_id: impl Into<String>) -> Self {
        self.inner.organization_id = Some(organization_id.into());
        self
    }

    /// With these roles.
    #[must_use]
    pub fn roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.inner.roles = roles.into_iter().map(Into::into).collect();
        self
    }

    /// With these permissions.
    #[must_use]
    pub fn permissions<S: Into<String>>(
        mut self,
        permissions: impl IntoIterator<Item = S>,
    ) -> Self {
        self.inner.permissions = permissions.into_iter().map(Into::into).collect();
        self
    }

    /// With this claim, beside what the other methods say.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.inner.claims.insert(name.into(), value.into());
        self
    }

    /// Vouched for by this authorization server.
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.inner.issuer = issuer.into();
        self
    }

    /// Issued then.
    #[must_use]
    pub fn issued_at(mut self, issued_at: SystemTime) -> Self {
        self.inner.issued_at = issued_at;
        self
    }

    /// Over then. Year 2100 unless said otherwise.
    #[must_use]
    pub fn expires_at(mut self, expires_at: SystemTime) -> Self {
        self.inner.expires_at = expires_at;
        self
    }

    /// The session.
    pub fn build(self) -> Session {
        Session::of(self.inner)
    }
}

impl fmt::Debug for SessionBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SessionBuilder")
            .field("user_id", &self.inner.user_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn session(claims: Value) -> Result<Session, &'static str> {
        match claims {
            Value::Object(claims) => Session::from_claims(claims, &ClaimNames::default()),
            _ => Err("no claims"),
        }
    }

    #[test]
    fn a_session_says_what_a_live_token_says() {
        let session = session(json!({
            "aud": ["http://localhost:3000/mcp", "res_1"], "client_id": "https://client.example/metadata.json",
            "iss": "https://env.scalekit.dev", "sub": "usr_1", "oid": "org_1", "org_id": "org_other", "resid": "res_1",
            "roles": ["admin"], "permissions": ["todo:all"], "scope": "openid todo:read", "scopes": ["openid", "todo:read"],
            "sid": "ses_1", "exp": 1_788_437_220, "iat": 1_788_433_620, "nbf": 1_788_433_620, "jti": "tkn_1", "plan": "pro",
        }))
        .unwrap();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(session.user_id(), "usr_1");
        assert_eq!(
            session.client_id(),
            Some("https://client.example/metadata.json")
        );
        assert!(!session.is_machine());
        assert_eq!(session.organization_id(), Some("org_1"));
        assert_eq!(session.scopes().to_string(), "openid todo:read");
        assert_eq!(session.roles(), ["admin"]);
        assert_eq!(session.permissions(), ["todo:all"]);
        assert_eq!(session.expires_at(), at(1_788_437_220));
        assert_eq!(session.issued_at(), at(1_788_433_620));
        assert_eq!(session.issuer(), "https://env.scalekit.dev");
        assert_eq!(session.token_id(), Some("tkn_1"));
        assert_eq!(session.claim::<String>("plan"), Ok(Some("pro".into())));
        assert_eq!(session.claims()["sid"], "ses_1");
        assert_eq!(
            format!("{session:?}"),
            r#"Session { user_id: "usr_1", .. }"#
        );
    }

    #[test]
    fn the_organization_of_older_tokens_is_org_id() {
        let claims = json!({ "iss": "i", "sub": "m2m_1", "client_id": "m2m_1", "org_id": "org_2", "exp": 2, "iat": 1 });
        let session = session(claims).unwrap();
        assert_eq!(session.organization_id(), Some("org_2"));
        assert!(session.is_machine());
    }

    #[test]
    fn without_subject_issuer_or_times_there_is_no_session() {
        let good = json!({ "iss": "i", "sub": "usr_1", "exp": 2, "iat": 1 });
        for (name, strange) in [
            ("sub", json!("")),
            ("sub", json!(7)),
            ("iss", json!(["i"])),
            ("exp", json!(u64::MAX)),
            ("exp", json!("never")),
            ("iat", json!(null)),
        ] {
            let mut claims = good.clone();
            claims[name] = strange;
            assert_eq!(session(claims).err(), Some(name));
        }
        assert!(session(good).is_ok());
    }

    #[test]
    fn a_number_is_that_of_one_user_of_one_issuer() {
        let of = |user: &str, issuer: &str| Session::for_test(user).issuer(issuer);
        let ada = of("ada", "one").build();
        assert_eq!(
            ada.number(),
            of("ada", "one").client_id("app").build().number()
        );
        for other in [of("ada", "two"), of("bob", "one"), of("eada", "on")] {
            assert_ne!(ada.number(), other.build().number());
        }
    }

    #[test]
    fn no_part_of_a_key_reaches_into_another() {
        let of = |user: &str| Session::for_test(user).issuer("i").build();
        assert_eq!(of("a|b").key("c", "d"), "i|a%7Cb|c|d");
        assert_ne!(of("a|b").key("c", "d"), of("a").key("b|c", "d"));
        assert_ne!(of("a%7Cb").key("c", "d"), of("a|b").key("c", "d"));
    }
}
