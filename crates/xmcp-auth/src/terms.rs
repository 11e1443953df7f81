//! What any issuer's tokens have to be like, whoever publishes its keys: what the providers of JWTs have in common.

use std::{sync::Arc, time::Duration};

use crate::{
    Clock, JwtVerifierBuilder, Provider, Revocation, ScopeSet, SystemClock,
    claim_names::ClaimNames, token::Demand,
};

pub(crate) struct Terms {
    pub(crate) audiences: Vec<String>,
    pub(crate) scopes_supported: ScopeSet,
    pub(crate) required_scopes: ScopeSet,
    pub(crate) leeway: Duration,
    pub(crate) max_lifetime: Duration,
    pub(crate) claim_names: ClaimNames,
    pub(crate) demands: Vec<Demand>,
    pub(crate) at_jwt_only: bool,
    pub(crate) revocation: Option<Box<dyn Revocation>>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            audiences: Vec::new(),
            scopes_supported: ScopeSet::default(),
            required_scopes: ScopeSet::default(),
            leeway: Duration::from_secs(30),
            max_lifetime: Duration::from_secs(24 * 60 * 60),
            claim_names: ClaimNames {
                // `oid` is Scalekit's; elsewhere it is a user's id.
                organization: vec!["org_id".to_owned()],
                ..ClaimNames::default()
            },
            demands: Vec::new(),
            at_jwt_only: false,
            revocation: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl Terms {
    /// Tells a provider what they say of the resource.
    pub(crate) fn teller(&self) -> impl FnOnce(Provider) -> Provider + use<> {
        let supported = self.scopes_supported.to_vec();
        let required = self.required_scopes.to_vec();
        move |provider| {
            provider
                .scopes_supported(supported)
                .required_scopes(required)
        }
    }

    /// What they say of tokens, to their verifier. Without audiences of their own, these are the audiences.
    pub(crate) fn apply(
        self,
        verifier: JwtVerifierBuilder,
        audiences: &[String],
    ) -> JwtVerifierBuilder {
        let audiences = match self.audiences.is_empty() {
            true => audiences.to_vec(),
            false => self.audiences,
        };
        verifier
            .audiences(audiences)
            .leeway(self.leeway)
            .max_lifetime(self.max_lifetime)
            .claim_names(self.claim_names)
            .demands(self.demands)
            .at_jwt_only(self.at_jwt_only)
            .revocation_hook(self.revocation)
            .clock(self.clock)
    }
}

/// The methods of a configuration that has `terms`.
macro_rules! methods {
    () => {
        /// Scopes that clients may ask for, as the metadata tells them.
        #[must_use]
        pub fn scopes_supported<S: Into<String>>(
            mut self,
            scopes: impl IntoIterator<Item = S>,
        ) -> Self {
            self.terms.scopes_supported = scopes.into_iter().collect();
            self
        }

        /// Scopes that every request needs; without one of them the answer is `403`.
        #[must_use]
        pub fn required_scopes<S: Into<String>>(
            mut self,
            scopes: impl IntoIterator<Item = S>,
        ) -> Self {
            self.terms.required_scopes = scopes.into_iter().collect();
            self
        }

        /// How far the issuer's clock may differ from ours. 30 seconds unless said otherwise.
        #[must_use]
        pub fn leeway(mut self, leeway: std::time::Duration) -> Self {
            self.terms.leeway = leeway;
            self
        }

        /// How long a token may be meant to live, from `iat` to `exp`. 24 hours unless said otherwise.
        #[must_use]
        pub fn max_lifetime(mut self, max_lifetime: std::time::Duration) -> Self {
            self.terms.max_lifetime = max_lifetime;
            self
        }

        /// The claim that has the organization's id. `org_id` unless said otherwise.
        #[must_use]
        pub fn organization_claim(mut self, name: impl Into<String>) -> Self {
            self.terms.claim_names.organization = vec![name.into()];
            self
        }

        /// The claim that lists the caller's roles: its name, or the names that lead to it through objects, like
        /// `["realm_access", "roles"]`. `roles` unless said otherwise.
        #[must_use]
        pub fn roles_claim<S: Into<String>>(mut self, path: impl IntoIterator<Item = S>) -> Self {
            self.terms.claim_names.roles = vec![path.into_iter().map(Into::into).collect()];
            self
        }

        /// Accepts only tokens in which this claim is one of these texts, or a list that has one of them: of one tenant, of some
        /// clients (`azp`), of some machines (`email`). Called again, all of it must hold.
        #[must_use]
        pub fn only<S: Into<String>>(
            mut self,
            claim: impl Into<String>,
            texts: impl IntoIterator<Item = S>,
        ) -> Self {
            self.terms
                .demands
                .push($crate::token::Demand::says(claim, texts));
            self
        }

        /// Accepts only tokens whose header has the `typ` of access tokens (`at+jwt`; RFC 9068, section 4). Others are good too
        /// unless this is said, for many issuers write `JWT`; what keeps ID tokens out then is the audience.
        #[must_use]
        pub fn at_jwt_only(mut self) -> Self {
            self.terms.at_jwt_only = true;
            self
        }

        /// Asks this at every request whether the session was revoked.
        #[must_use]
        pub fn revocation(mut self, revocation: impl $crate::Revocation) -> Self {
            self.terms.revocation = Some(Box::new(revocation));
            self
        }

        /// By this clock instead of the system's.
        #[must_use]
        pub fn clock(mut self, clock: std::sync::Arc<dyn $crate::Clock>) -> Self {
            self.terms.clock = clock;
            self
        }
    };
}

pub(crate) use methods;
