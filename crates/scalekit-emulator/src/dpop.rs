//! Keys that tokens are bound to: the proof at the token endpoint (RFC 9449, section 5). The real one has nothing of the kind.
//!
//! A proof is checked as far as a client could get it wrong. Whether it was used before is not looked at.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderName};
use serde_json::Value;
use url::{Host, Url};

use crate::{digest, refusal::Refusal, time};

/// How proofs may be signed.
pub(crate) const ALGORITHMS: [&str; 3] = ["ES256", "EdDSA", "RS256"];

const HEADER: HeaderName = HeaderName::from_static("dpop");

/// Seconds that the client's clock may differ from ours.
const WINDOW: u64 = 300;

/// The thumbprint of the key that a request to this endpoint proves, if it proves one.
pub(crate) fn thumbprint(headers: &HeaderMap, endpoint: &str) -> Result<Option<String>, Refusal> {
    let invalid = |description| Refusal::new("invalid_dpop_proof", description);
    let mut proofs = headers.get_all(HEADER).iter();
    let Some(proof) = proofs.next() else {
        return Ok(None);
    };
    if proofs.next().is_some() {
        return Err(invalid("there are several DPoP headers"));
    }
    let proof = proof.to_str().map_err(|_| invalid("it is no JWT"))?;
    let (signed, signature) = proof.rsplit_once('.').ok_or(invalid("it is no JWT"))?;
    let (header, claims) = signed.split_once('.').ok_or(invalid("it is no JWT"))?;
    let header = json(header).ok_or(invalid("its header is no JSON"))?;
    let claims = json(claims).ok_or(invalid("its claims are no JSON"))?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| invalid("its signature is no base64url"))?;
    if header["typ"] != "dpop+jwt" {
        return Err(invalid("its typ is not dpop+jwt"));
    }
    let key = &header["jwk"];
    if key.get("d").is_some() {
        return Err(invalid("it shows a private key"));
    }
    if !is_signed(&header["alg"], key, signed.as_bytes(), &signature) {
        return Err(invalid(
            "the signature is not by the key in its header, by ES256, EdDSA or RS256",
        ));
    }
    if claims["htm"] != "POST" {
        return Err(invalid("htm is not POST"));
    }
    if !is_same(claims["htu"].as_str().unwrap_or_default(), endpoint) {
        return Err(invalid("htu is not the URL of the token endpoint"));
    }
    let made_at = claims["iat"].as_u64().unwrap_or_default();
    if time::now().abs_diff(made_at) > WINDOW {
        return Err(invalid("iat is not about now"));
    }
    if claims["jti"].as_str().is_none_or(str::is_empty) {
        return Err(invalid("jti is missing"));
    }
    name(key)
        .map(Some)
        .ok_or(invalid("its key has not the members of its type"))
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn bytes(key: &Value, member: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(key[member].as_str()?).ok()
}

fn is_signed(algorithm: &Value, key: &Value, message: &[u8], signature: &[u8]) -> bool {
    let checked = || {
        Some(match (algorithm.as_str()?, key["kty"].as_str()?) {
            ("ES256", "EC") if key["crv"] == "P-256" => {
                let point = [&[4], &*bytes(key, "x")?, &*bytes(key, "y")?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            ("EdDSA", "OKP") if key["crv"] == "Ed25519" => {
                UnparsedPublicKey::new(&ED25519, bytes(key, "x")?).verify(message, signature)
            }
            ("RS256", "RSA") => RsaPublicKeyComponents {
                n: bytes(key, "n")?,
                e: bytes(key, "e")?,
            }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            _ => return None,
        })
    };
    checked().is_some_and(|checked| checked.is_ok())
}

/// The same URL, whatever it calls this machine.
fn is_same(url: &str, endpoint: &str) -> bool {
    let parts = |url: &str| {
        let url = Url::parse(url).ok()?;
        let host = match url.host()? {
            Host::Domain("localhost") => String::from("127.0.0.1"),
            other => other.to_string(),
        };
        Some((
            host,
            url.scheme().to_owned(),
            url.port(),
            url.path().to_owned(),
        ))
    };
    parts(url).is_some_and(|url| Some(url) == parts(endpoint))
}

/// RFC 7638, section 3.
fn name(key: &Value) -> Option<String> {
    let members: &[&str] = match key["kty"].as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => &["e", "kty", "n"],
    };
    let members: Option<BTreeMap<&str, &str>> = members
        .iter()
        .map(|member| Some((*member, key[*member].as_str()?)))
        .collect();
    Some(digest::sha256(&serde_json::to_string(&members?).ok()?))
}
