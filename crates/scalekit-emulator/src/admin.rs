//! What tests do to an emulator behind its back: tokens of any kind, faults, other keys.

use std::{fmt, io};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

use crate::{
    Consent, Fault, IssuerMode, Signer, environment::Shared, jwt, random, state::Granted, token,
};

/// What tests do to an emulator behind its back. Cheap to clone.
#[derive(Clone)]
pub struct Admin {
    environment: Shared,
}

/// A key in the set that a verifier must not use, or must not trip over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrayKey {
    /// RSA, and good, but `use` is `enc`.
    Encryption,
    /// A symmetric key (`oct`).
    Symmetric,
    /// An elliptic curve key (`EC`, P-256), good for ES256.
    EllipticCurve,
    /// RSA, and good, with the id of the key that signs.
    DuplicateId,
    /// RSA whose `n` is not base64url.
    BadModulus,
    /// RSA whose `e` is not base64url.
    BadExponent,
    /// RSA of 512 bits.
    SmallModulus,
    /// A key type that nobody knows yet.
    UnknownType,
}

impl Admin {
    pub(crate) fn new(environment: Shared) -> Self {
        Self { environment }
    }

    /// A genuine token of the first user for the MCP server, with changes: members of `claims` and `header` replace what is there, and
    /// `null` removes it (RFC 7386 on the first level).
    pub fn mint(&self, claims: Value, header: Value) -> String {
        self.mint_signed(claims, header, &Signer::Current)
    }

    /// As [`Admin::mint`], signed otherwise. `alg` is that of the signer, unless `header` says something else.
    pub fn mint_signed(&self, claims: Value, header: Value, signer: &Signer) -> String {
        let mut all = self.claims();
        let mut head = token::header(&self.key_id());
        head["alg"] = json!(signer.algorithm());
        patch(&mut all, claims);
        patch(&mut head, header);
        self.mint_raw(&head.to_string(), &all.to_string(), signer)
    }

    /// A token of two texts that need not be JSON.
    pub fn mint_raw(&self, header: &str, claims: &str, signer: &Signer) -> String {
        self.environment
            .store
            .read(|state| jwt::encode(header, claims, signer, &state.keys[0]))
    }

    /// A token that says nothing by itself: introspection tells these claims of it, in the place of those that [`Admin::mint`] starts
    /// with, and only until [`Admin::revoke_opaque`] or their `exp`.
    pub fn mint_opaque(&self, claims: Value) -> String {
        let mut all = self.claims();
        patch(&mut all, claims);
        self.environment.opaque.insert(all)
    }

    /// Ends a token of [`Admin::mint_opaque`] before its time.
    pub fn revoke_opaque(&self, token: &str) {
        self.environment.opaque.remove(token);
    }

    /// The claims that [`Admin::mint`] starts with.
    pub fn claims(&self) -> Value {
        let environment = &self.environment;
        let (client, subject) = environment.store.read(|state| {
            let directory = &state.directory;
            let user = directory.users.first().map(|user| user.id.clone());
            let subject = user.and_then(|user| directory.subject(&user, None));
            (state.built_in.mcp.clone(), subject)
        });
        let Some(subject) = subject else {
            return json!({});
        };
        let grant = Granted {
            client,
            subject,
            scopes: environment.scopes(None).unwrap_or_default(),
            resource: environment.server_url.clone(),
            session: random::id("ses"),
        };
        let lifetime = environment.policy().token_lifetime.as_secs();
        environment.user_claims(&grant, lifetime)
    }

    /// The id of the key that signs.
    pub fn key_id(&self) -> String {
        self.environment
            .store
            .read(|state| state.keys[0].id().to_owned())
    }

    /// The public half of the key that signs, as a JWK.
    pub fn public_jwk(&self) -> Value {
        self.environment.store.read(|state| state.keys[0].jwk())
    }

    /// The public half of the key that signs, as SubjectPublicKeyInfo.
    pub fn public_der(&self) -> Vec<u8> {
        self.environment
            .store
            .read(|state| state.keys[0].public_der())
    }

    /// The same as PEM.
    pub fn public_pem(&self) -> String {
        let text = STANDARD.encode(self.public_der());
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        for (index, character) in text.chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem + "\n-----END PUBLIC KEY-----\n"
    }

    /// Makes a new key the one that signs, and says its id. The old ones stay published only if `keep_old`.
    ///
    /// # Errors
    ///
    /// If the state folder cannot be written.
    pub fn rotate(&self, keep_old: bool) -> io::Result<String> {
        self.environment.rotate(keep_old)?;
        Ok(self.key_id())
    }

    /// Publishes a key beside the good ones.
    pub fn add_stray_key(&self, key: StrayKey) {
        let jwk = stray(key, &self.public_jwk());
        self.add_jwk(jwk);
    }

    /// Publishes whatever this is beside the good keys.
    pub fn add_jwk(&self, jwk: Value) {
        self.environment.stray_keys().push(jwk);
    }

    /// Publishes the good keys again, and nothing else.
    pub fn clear_stray_keys(&self) {
        self.environment.stray_keys().clear();
    }

    /// Publishes none of the good keys, or all of them again.
    pub fn hide_keys(&self, hide: bool) {
        self.environment.hide_keys(hide);
    }

    /// Whom tokens made from now on name as their issuer.
    pub fn issuer_mode(&self, mode: IssuerMode) {
        self.environment
            .set_policy(|policy| policy.issuer_mode = mode);
    }

    /// Who consents from now on.
    pub fn consent(&self, consent: Consent) {
        self.environment
            .set_policy(|policy| policy.consent = consent);
    }

    /// Lets requests for `path` (exactly this one) go wrong, until [`Admin::clear_fault`].
    pub fn fault(&self, path: &str, fault: Fault) {
        self.environment.faults.set(path, fault, None);
    }

    /// Lets the next `times` requests for `path` go wrong.
    pub fn fault_times(&self, path: &str, fault: Fault, times: usize) {
        self.environment.faults.set(path, fault, Some(times));
    }

    /// Lets requests for `path` go well again.
    pub fn clear_fault(&self, path: &str) {
        self.environment.faults.clear(path);
    }

    /// How many requests for `path` (without query) came so far.
    pub fn hits(&self, path: &str) -> usize {
        self.environment.faults.hits(path)
    }

    /// Answers every request of the REST interface 429 with these seconds to wait, or none.
    pub fn rate_limit(&self, retry_after: Option<u64>) {
        self.environment.set_rate_limit(retry_after);
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").finish_non_exhaustive()
    }
}

fn patch(target: &mut Value, changes: Value) {
    let (Value::Object(target), Value::Object(changes)) = (target, changes) else {
        return;
    };
    for (name, value) in changes {
        if value.is_null() {
            target.shift_remove(&name);
        } else {
            target.insert(name, value);
        }
    }
}

fn stray(key: StrayKey, current: &Value) -> Value {
    let other = || crate::key::SigningKey::generate().jwk();
    let with = |mut jwk: Value, changes: Value| {
        patch(&mut jwk, changes);
        jwk
    };
    match key {
        StrayKey::Encryption => with(other(), json!({ "use": "enc", "alg": "RSA-OAEP-256" })),
        StrayKey::Symmetric => json!({
            "kty": "oct", "use": "sig", "alg": "HS256", "kid": random::id("snk"), "k": random::secret(),
        }),
        StrayKey::EllipticCurve => elliptic_curve(),
        StrayKey::DuplicateId => with(other(), json!({ "kid": current["kid"] })),
        StrayKey::BadModulus => with(other(), json!({ "n": "not base64url!" })),
        StrayKey::BadExponent => with(other(), json!({ "e": "***" })),
        StrayKey::SmallModulus => with(other(), json!({ "n": URL_SAFE_NO_PAD.encode([0xc5; 64]) })),
        StrayKey::UnknownType => {
            let mut jwk = Map::new();
            jwk.insert("kty".to_owned(), json!("AKP"));
            jwk.insert("alg".to_owned(), json!("ML-DSA-65"));
            jwk.insert("kid".to_owned(), json!(random::id("snk")));
            jwk.insert("pub".to_owned(), json!(random::secret()));
            Value::Object(jwk)
        }
    }
}

fn elliptic_curve() -> Value {
    let pair =
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("the curve is supported");
    // An uncompressed point: a tag, x, y.
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    json!({
        "kty": "EC", "use": "sig", "alg": "ES256", "crv": "P-256", "kid": random::id("snk"),
        "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
    })
}
