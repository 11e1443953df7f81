//! The claims of tokens. Each kind has the claims of its real counterpart, in the same order, and no others.

use serde_json::{Map, Value, json};

use crate::{
    client::{Client, Kind},
    environment::Environment,
    issuer_mode::IssuerMode,
    jwt::{self, Signer},
    random,
    state::Granted,
    time,
};

/// Seconds that a token of the environment's own credentials lives.
const ENVIRONMENT_LIFETIME: u64 = 86_399;

/// A token, and the seconds it lives.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    pub(crate) lifetime: u64,
    /// What the answer calls it.
    pub(crate) kind: &'static str,
}

impl Environment {
    /// The token of a user who granted it to a client, bound to the key of this thumbprint if there is one.
    pub(crate) fn user_token(&self, grant: &Granted, key: Option<&str>) -> AccessToken {
        let lifetime = self.policy().token_lifetime.as_secs();
        self.sign(bound(self.user_claims(grant, lifetime), key), lifetime)
    }

    /// A token of these claims, and those that every token has. What is null is left out.
    pub(crate) fn token_of(&self, mut claims: Value, lifetime: u64) -> AccessToken {
        if let Some(claims) = claims.as_object_mut() {
            claims.retain(|_, value| !value.is_null());
            stamp(claims, lifetime);
        }
        self.sign(claims, lifetime)
    }

    pub(crate) fn user_claims(&self, grant: &Granted, lifetime: u64) -> Value {
        let roles = self.store.read(|state| {
            let user = state.directory.user(&grant.subject.user);
            let organization = grant.subject.organization.as_deref();
            user.zip(organization)
                .and_then(|(user, organization)| user.membership(organization))
                .map(|membership| membership.roles.clone())
                .unwrap_or_default()
        });
        let mut claims = json!({
            "aud": [grant.resource, self.resource_id],
            "client_id": grant.client,
            "iss": self.token_issuer(),
            "sub": grant.subject.user,
            "oid": grant.subject.organization,
            "resid": self.resource_id,
            "roles": roles,
            "scope": grant.scopes.join(" "),
            "scopes": grant.scopes,
            "sid": grant.session,
        });
        if let Some(claims) = claims.as_object_mut() {
            if grant.subject.organization.is_none() {
                claims.shift_remove("oid");
            }
            stamp(claims, lifetime);
        }
        claims
    }

    /// The token that a client gets for itself, bound to the key of this thumbprint if there is one.
    pub(crate) fn machine_token(
        &self,
        client: &Client,
        scopes: &[String],
        resource: &str,
        key: Option<&str>,
    ) -> AccessToken {
        let mut lifetime = self.policy().token_lifetime.as_secs();
        let mut claims = match client.kind {
            Kind::Environment => {
                lifetime = ENVIRONMENT_LIFETIME;
                json!({
                    "aud": [client.id],
                    "client_id": client.id,
                    "iss": self.url,
                    "sub": client.id,
                    "scope": scopes.join(" "),
                    "scopes": scopes,
                })
            }
            Kind::Mcp => json!({
                "aud": [resource, self.resource_id],
                "client_id": client.id,
                "iss": self.token_issuer(),
                "sub": client.id,
                "resid": self.resource_id,
                "scope": scopes.join(" "),
                "scopes": scopes,
            }),
            Kind::Organization => {
                let organization = self.store.read(|state| {
                    let first = state.directory.organizations.first();
                    first.map(|organization| organization.id.clone())
                });
                json!({
                    "client_id": client.id,
                    "iss": self.url,
                    "sub": client.id,
                    "oid": organization,
                    "scopes": scopes,
                })
            }
        };
        if let Some(claims) = claims.as_object_mut() {
            stamp(claims, lifetime);
        }
        self.sign(bound(claims, key), lifetime)
    }

    /// What OpenID Connect tells a client of the user.
    pub(crate) fn id_token(&self, grant: &Granted, issuer: &str) -> Option<String> {
        let lifetime = self.policy().token_lifetime.as_secs();
        let mut claims = self.store.read(|state| {
            let user = state.directory.user(&grant.subject.user)?;
            Some(json!({
                "iss": issuer,
                "sub": user.id,
                "aud": [grant.client],
                "azp": grant.client,
                "email": user.email,
                "email_verified": true,
                "name": user.name(),
                "given_name": user.given_name,
                "family_name": user.family_name,
                "sid": grant.session,
            }))
        })?;
        stamp(claims.as_object_mut()?, lifetime);
        Some(self.sign(claims, lifetime).text)
    }

    /// Signs claims as genuine tokens are signed.
    fn sign(&self, claims: Value, lifetime: u64) -> AccessToken {
        let text = self.store.read(|state| {
            let key = &state.keys[0];
            jwt::encode(
                &header(key.id()).to_string(),
                &claims.to_string(),
                &Signer::Current,
                key,
            )
        });
        let kind = match claims.get("cnf") {
            Some(_) => "DPoP",
            None => "Bearer",
        };
        AccessToken {
            text,
            lifetime,
            kind,
        }
    }

    fn token_issuer(&self) -> String {
        match self.policy().issuer_mode {
            IssuerMode::Environment => self.url.clone(),
            IssuerMode::Resource => self.resource_issuer(),
        }
    }
}

/// The JOSE header of every token.
pub(crate) fn header(key: &str) -> Value {
    json!({ "alg": "RS256", "kid": key, "typ": "JWT" })
}

/// The claims of a token that is of use to the holder of this key alone (RFC 9449, section 6.1).
fn bound(mut claims: Value, key: Option<&str>) -> Value {
    if let Some(key) = key {
        claims["cnf"] = json!({ "jkt": key });
    }
    claims
}

fn stamp(claims: &mut Map<String, Value>, lifetime: u64) {
    let now = time::now();
    claims.insert("exp".to_owned(), json!(now.saturating_add(lifetime)));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("nbf".to_owned(), json!(now));
    claims.insert("jti".to_owned(), json!(random::id("tkn")));
}
