//! Tokens: three parts of base64url, signed the right way or, for tests, one of the wrong ways.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA384, RSA_PSS_SHA256},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::key::SigningKey;

/// Who signs a token that [`Admin::mint_signed`](crate::Admin::mint_signed) makes, and how. Its header says what the caller wants it to say.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Signer {
    /// The published key, by RS256: the token is genuine.
    Current,
    /// The published key, by RSASSA-PKCS1-v1_5 with SHA-384.
    CurrentRs384,
    /// The published key, by RSASSA-PSS with SHA-256.
    CurrentPs256,
    /// An RSA key that was never published, by RS256.
    Stranger,
    /// An elliptic curve key that was never published, by ES256.
    StrangerEs256,
    /// A secret, by HS256. What the public key looks like is known to everybody.
    Secret(Vec<u8>),
    /// Nobody: the signature is empty.
    Nobody,
}

impl Signer {
    /// The name that this way of signing has in a header.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Current | Self::Stranger => "RS256",
            Self::CurrentRs384 => "RS384",
            Self::CurrentPs256 => "PS256",
            Self::StrangerEs256 => "ES256",
            Self::Secret(_) => "HS256",
            Self::Nobody => "none",
        }
    }

    fn sign(&self, current: &SigningKey, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Current => current.sign(message),
            Self::CurrentRs384 => current.sign_as(&RSA_PKCS1_SHA384, message),
            Self::CurrentPs256 => current.sign_as(&RSA_PSS_SHA256, message),
            Self::Stranger => SigningKey::generate().sign(message),
            Self::StrangerEs256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .and_then(|pair| pair.sign(&SystemRandom::new(), message))
                .expect("the curve is supported")
                .as_ref()
                .to_vec(),
            Self::Secret(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
                hmac::sign(&key, message).as_ref().to_vec()
            }
            Self::Nobody => Vec::new(),
        }
    }
}

/// The token of a header and claims that are JSON already, or are not.
pub(crate) fn encode(header: &str, claims: &str, signer: &Signer, current: &SigningKey) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = URL_SAFE_NO_PAD.encode(signer.sign(current, message.as_bytes()));
    format!("{message}.{signature}")
}

/// The claims of a token that one of `keys` signed by RS256, whatever they say.
pub(crate) fn decode(token: &str, keys: &[SigningKey]) -> Option<serde_json::Value> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let header: serde_json::Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    let key = keys.iter().find(|key| header["kid"] == key.id())?;
    // RSASSA-PKCS1-v1_5 has one signature for a message, so signing again verifies.
    let expected = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    if header["alg"] != "RS256" || !crate::digest::same(&expected, signature) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
