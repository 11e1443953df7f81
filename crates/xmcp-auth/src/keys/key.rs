//! One public key, fit to verify with.

use std::fmt;

use aws_lc_rs::{
    digest,
    rsa::PublicEncryptingKey,
    signature::{
        ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey,
        RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
        RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
        VerificationAlgorithm,
    },
};
use jose_jwk::{
    Class, EcCurves, Jwk, OkpCurves, Operations,
    jose_jwa::{self, Signing},
};
use jsonwebtoken::{DecodingKey, crypto::aws_lc};
use serde_json::{Map, Value};

use crate::Algorithm;

/// What a key set may say of a key and we read. What stands beside it (certificates, thumbprints, what is to come) may look as it
/// likes.
const MEMBERS: [&str; 10] = [
    "kty", "use", "key_ops", "alg", "kid", "n", "e", "crv", "x", "y",
];

/// 2048 bits is what RFC 7518, section 3.3 demands; beyond 8192 a signature costs too much to check.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Members that make a key a private or a shared one.
const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A key, and the algorithms for which it may be used here. A public one, unless configuration holds it.
pub(crate) struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    verifying: Verifying,
    /// Of what it is made, to tell whether a key of the same id is the same key.
    fingerprint: [u8; 32],
}

/// The key as it is used.
enum Verifying {
    Decoded(DecodingKey),
    Parsed(ParsedPublicKey),
}

/// Why a key is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("not a JSON Web Key that we know")]
    Unknown,
    #[error("a private or shared key")]
    Secret,
    #[error("not for signatures")]
    Purpose,
    #[error("not for an algorithm in use")]
    Algorithm,
    #[error("too short, too long, or no key at all")]
    Material,
}

/// What the key itself is made of.
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Key {
    /// The key that this member of a set describes, if it fits one of the allowed algorithms.
    pub(crate) fn parse(
        mut members: Map<String, Value>,
        allowed: &[Algorithm],
    ) -> Result<Self, Unfit> {
        if SECRETS.iter().any(|name| members.contains_key(*name)) {
            return Err(Unfit::Secret);
        }
        members.retain(|name, _| MEMBERS.contains(&name.as_str()));
        let key: Jwk =
            serde_json::from_value(Value::Object(members)).map_err(|_| Unfit::Unknown)?;

        if key.prm.cls.is_some_and(|class| class != Class::Signing) {
            return Err(Unfit::Purpose);
        }
        if key
            .prm
            .ops
            .as_ref()
            .is_some_and(|operations| !operations.contains(&Operations::Verify))
        {
            return Err(Unfit::Purpose);
        }
        let material = Material::of(&key.key)?;
        let algorithms: Vec<_> = allowed
            .iter()
            .copied()
            .filter(|algorithm| material.fits(*algorithm) && says(key.prm.alg.as_ref(), *algorithm))
            .collect();
        if algorithms.is_empty() {
            return Err(Unfit::Algorithm);
        }
        material.check()?;
        Ok(Self {
            id: key.prm.kid,
            algorithms,
            verifying: Verifying::Decoded(material.decoding()),
            fingerprint: material.fingerprint(),
        })
    }

    /// The public key in this structure of X.509 (`SubjectPublicKeyInfo`; RFC 5280, section 4.1.2.7), for one algorithm.
    pub(crate) fn of_der(der: &[u8], algorithm: Algorithm) -> Result<Self, Unfit> {
        let verification = verification(algorithm).ok_or(Unfit::Algorithm)?;
        let parsed = ParsedPublicKey::new(verification, der).map_err(|_| Unfit::Algorithm)?;
        if is_rsa(algorithm) {
            let bits = PublicEncryptingKey::from_der(der).map(|key| key.key_size_bits());
            if !bits.is_ok_and(|bits| RSA_BITS.contains(&bits)) {
                return Err(Unfit::Material);
            }
        }
        Ok(Self {
            id: None,
            algorithms: vec![algorithm],
            verifying: Verifying::Parsed(parsed),
            fingerprint: fingerprint([b"der", der, &[]]),
        })
    }

    /// A secret that we share with whoever signs. No published key comes this way.
    pub(crate) fn of_secret(secret: &[u8]) -> Self {
        Self {
            id: None,
            algorithms: vec![Algorithm::Hs256],
            verifying: Verifying::Decoded(DecodingKey::from_secret(secret)),
            fingerprint: fingerprint([b"secret", secret, &[]]),
        }
    }

    pub(crate) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(crate) fn is_for(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    /// Whether this key signed that, by that algorithm.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.is_for(algorithm) {
            return false;
        }
        match &self.verifying {
            Verifying::Parsed(key) => key.verify_sig(message, signature).is_ok(),
            // The provider is named, not looked up: should another crate of the app turn on jsonwebtoken's other backend, its default
            // would panic.
            Verifying::Decoded(key) => {
                (aws_lc::DEFAULT_PROVIDER.verifier_factory)(&algorithm.into(), key)
                    .is_ok_and(|verifier| verifier.verify(message, &signature.to_vec()).is_ok())
            }
        }
    }
}

/// The same key under the same name, for the same algorithms.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
            && self.algorithms == other.algorithms
            && self.fingerprint == other.fingerprint
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Key")
            .field("id", &self.id)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

impl Material {
    fn of(key: &jose_jwk::Key) -> Result<Self, Unfit> {
        match key {
            jose_jwk::Key::Rsa(rsa) => Ok(Self::Rsa {
                n: significant(&rsa.n).to_vec(),
                e: significant(&rsa.e).to_vec(),
            }),
            jose_jwk::Key::Ec(ec) => match ec.crv {
                EcCurves::P256 => Ok(Self::P256(point(&ec.x, &ec.y, 32)?)),
                EcCurves::P384 => Ok(Self::P384(point(&ec.x, &ec.y, 48)?)),
                _ => Err(Unfit::Algorithm),
            },
            jose_jwk::Key::Okp(okp) if okp.crv == OkpCurves::Ed25519 => {
                Ok(Self::Ed25519(okp.x.to_vec()))
            }
            _ => Err(Unfit::Algorithm),
        }
    }

    fn fits(&self, algorithm: Algorithm) -> bool {
        match algorithm {
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => matches!(self, Self::Rsa { .. }),
            Algorithm::Es256 => matches!(self, Self::P256(_)),
            Algorithm::Es384 => matches!(self, Self::P384(_)),
            Algorithm::EdDsa => matches!(self, Self::Ed25519(_)),
            Algorithm::Hs256 => false,
        }
    }

    /// Whether it can be a key. Not every wrong modulus can be told from a right one; a wrong point can.
    fn check(&self) -> Result<(), Unfit> {
        let parses = |algorithm: &'static dyn VerificationAlgorithm, bytes: &[u8]| {
            ParsedPublicKey::new(algorithm, bytes).is_ok()
        };
        let good = match self {
            Self::Rsa { n, e } => {
                let bits =
                    n.len() * 8 - n.first().map_or(0, |first| first.leading_zeros() as usize);
                let exponent = match e.len() {
                    1..=4 => e
                        .iter()
                        .fold(0_u64, |value, byte| value << 8 | u64::from(*byte)),
                    _ => 0,
                };
                RSA_BITS.contains(&bits) && is_odd(n) && exponent >= 3 && is_odd(e)
            }
            Self::P256(point) => parses(&ECDSA_P256_SHA256_FIXED, point),
            Self::P384(point) => parses(&ECDSA_P384_SHA384_FIXED, point),
            Self::Ed25519(point) => parses(&ED25519, point),
        };
        match good {
            true => Ok(()),
            false => Err(Unfit::Material),
        }
    }

    fn decoding(&self) -> DecodingKey {
        match self {
            Self::Rsa { n, e } => DecodingKey::from_rsa_raw_components(n, e),
            Self::P256(point) | Self::P384(point) => DecodingKey::from_ec_der(point),
            Self::Ed25519(point) => DecodingKey::from_ed_der(point),
        }
    }

    fn fingerprint(&self) -> [u8; 32] {
        fingerprint(match self {
            Self::Rsa { n, e } => [b"rsa", n, e],
            Self::P256(point) => [b"p256", point, &[]],
            Self::P384(point) => [b"p384", point, &[]],
            Self::Ed25519(point) => [b"ed25519", point, &[]],
        })
    }
}

fn fingerprint(parts: [&[u8]; 3]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(&part.len().to_be_bytes());
        context.update(part);
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(context.finish().as_ref());
    fingerprint
}

fn is_rsa(algorithm: Algorithm) -> bool {
    Material::Rsa {
        n: Vec::new(),
        e: Vec::new(),
    }
    .fits(algorithm)
}

/// How a signature of this algorithm is checked by a public key.
fn verification(algorithm: Algorithm) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match algorithm {
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &RSA_PSS_2048_8192_SHA512,
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::EdDsa => &ED25519,
        Algorithm::Hs256 => return None,
    })
}

/// Whether the key's own `alg` allows this one. A key that says nothing allows what its type allows.
fn says(said: Option<&jose_jwa::Algorithm>, algorithm: Algorithm) -> bool {
    let signing = match algorithm {
        Algorithm::Rs256 => Signing::Rs256,
        Algorithm::Rs384 => Signing::Rs384,
        Algorithm::Rs512 => Signing::Rs512,
        Algorithm::Ps256 => Signing::Ps256,
        Algorithm::Ps384 => Signing::Ps384,
        Algorithm::Ps512 => Signing::Ps512,
        Algorithm::Es256 => Signing::Es256,
        Algorithm::Es384 => Signing::Es384,
        Algorithm::EdDsa => Signing::EdDsa,
        Algorithm::Hs256 => return false,
    };
    said.is_none_or(|said| *said == jose_jwa::Algorithm::Signing(signing))
}

/// A point of a curve, uncompressed (SEC 1, section 2.3.3).
fn point(x: &[u8], y: &[u8], length: usize) -> Result<Vec<u8>, Unfit> {
    if x.len() != length || y.len() != length {
        return Err(Unfit::Material);
    }
    Ok([&[4], x, y].concat())
}

/// A number without the zeros before it.
fn significant(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

fn is_odd(bytes: &[u8]) -> bool {
    bytes.last().is_some_and(|last| last & 1 == 1)
}
