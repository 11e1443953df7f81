//! The keys that sign tokens, and what is published of them.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::random;

/// An RSA key of 2048 bits with its id. Cheap to clone; never shown.
#[derive(Clone, Deserialize, Serialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub(crate) struct SigningKey(Arc<Inner>);

struct Inner {
    id: String,
    pair: RsaKeyPair,
}

impl SigningKey {
    pub(crate) fn generate() -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("2048 bits are a supported size");
        Self(Arc::new(Inner {
            id: random::id("snk"),
            pair,
        }))
    }

    pub(crate) fn id(&self) -> &str {
        &self.0.id
    }

    /// The signature of RS256.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.sign_as(&RSA_PKCS1_SHA256, message)
    }

    pub(crate) fn sign_as(&self, encoding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.0.pair.public_modulus_len()];
        self.0
            .pair
            .sign(encoding, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer is as long as the modulus");
        signature
    }

    /// The public half as `GET /keys` shows it.
    pub(crate) fn jwk(&self) -> Value {
        let public = self.0.pair.public_key();
        json!({
            "use": "sig",
            "kty": "RSA",
            "kid": self.id(),
            "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// The public half as SubjectPublicKeyInfo.
    pub(crate) fn public_der(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = self
            .0
            .pair
            .public_key()
            .as_der()
            .expect("an RSA key has this form");
        der.as_ref().to_vec()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.0.id).finish()
    }
}

/// A key as it stands in the state file.
#[derive(Deserialize, Serialize)]
struct Stored {
    id: String,
    pkcs8: String,
}

impl From<SigningKey> for Stored {
    fn from(key: SigningKey) -> Self {
        let der: Pkcs8V1Der<'_> = key.0.pair.as_der().expect("an RSA key has this form");
        Self {
            id: key.id().to_owned(),
            pkcs8: STANDARD.encode(der.as_ref()),
        }
    }
}

impl TryFrom<Stored> for SigningKey {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let der = STANDARD
            .decode(stored.pkcs8)
            .map_err(|_| "a key is not base64")?;
        let pair = RsaKeyPair::from_pkcs8(&der).map_err(|_| "a key is not an RSA key")?;
        Ok(Self(Arc::new(Inner {
            id: stored.id,
            pair,
        })))
    }
}
