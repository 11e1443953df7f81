//! Proofs, as strangers make them: every client chooses the key, and signs what it likes.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Map, Value};
use url::Url;

use super::{
    Place, Proof,
    proof::{Expected, ProofError},
};
use crate::resource::Identifier;

/// Now, for whoever reads the corpus.
const NOW: u64 = 1_800_000_000;
const TOKEN: &str = "token";

static KEY: LazyLock<Ed25519KeyPair> =
    LazyLock::new(|| Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed has 32 bytes"));
static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let identifier = Identifier::parse("https://mcp.example.com/mcp");
    Place::new(&identifier.expect("it is one"))
});

/// The JSON of a header, a line feed, and the JSON of claims, which a key of the fuzzer's signs; without a line feed, all of a proof: what
/// is accepted (RFC 9449, section 4.3) is by the key in its header, for this method, URL and token, and of about now, to a reader that
/// minds nothing too, and is no proof of anything else.
pub fn dpop_proof(data: &[u8]) {
    let text = match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => signed(&data[..end], &data[end + 1..]).into_bytes(),
        None => data.to_vec(),
    };
    let Ok(proof) = check(&text, &Method::POST, TOKEN, NOW) else {
        return;
    };

    let text = std::str::from_utf8(&text).expect("a proof is a text");
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("{text} has not three parts");
    };
    let (header, claims) = (object(header), object(claims));
    assert_eq!(header["typ"], "dpop+jwt");
    for name in ["crit", "jku", "x5u", "x5c", "b64"] {
        assert!(!header.contains_key(name), "{name}");
    }
    let jwk = &header["jwk"];
    assert!(jwk.get("d").is_none() && jwk["kty"] != "oct", "{jwk}");
    if header["alg"] == "EdDSA" {
        let x = URL_SAFE_NO_PAD.encode(KEY.public_key());
        assert_eq!(jwk["x"], x, "nobody else can sign here");
        let form = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        assert_eq!(proof.thumbprint(), sha256(&form));
    }
    assert_eq!(claims["htm"], "POST");
    assert_eq!(claims["ath"], sha256(TOKEN));
    let id = claims["jti"].as_str().expect("it has an id");
    assert!(id.len() <= 256);
    let made_at = claims["iat"].as_f64().expect("it has a time");
    assert!((made_at - NOW as f64 + 15.0).abs() <= 46.0, "{made_at}");
    let url = Url::parse(claims["htu"].as_str().expect("it has a URL")).expect("it is a URL");
    assert_eq!(
        url.origin().ascii_serialization(),
        "https://mcp.example.com"
    );
    assert!(url.path() == "/mcp" || url.path().contains('%'), "{url}");

    assert!(check(text.as_bytes(), &Method::GET, TOKEN, NOW).is_err());
    assert!(check(text.as_bytes(), &Method::POST, "another", NOW).is_err());
    assert!(check(text.as_bytes(), &Method::POST, TOKEN, NOW + 91).is_err());
    let mut other = URL_SAFE_NO_PAD.decode(signature).expect("it is base64url");
    other[0] ^= 1;
    let other = text.replace(signature, &URL_SAFE_NO_PAD.encode(other));
    assert!(check(other.as_bytes(), &Method::POST, TOKEN, NOW).is_err());
}

fn check(text: &[u8], method: &Method, token: &str, now: u64) -> Result<Proof, ProofError> {
    let expected = Expected {
        method,
        path: "/mcp",
        place: &PLACE,
        token,
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(now),
    };
    Proof::check(text, &expected)
}

fn signed(header: &[u8], claims: &[u8]) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(KEY.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

fn object(part: &str) -> Map<String, Value> {
    let text = URL_SAFE_NO_PAD.decode(part).expect("it is base64url");
    serde_json::from_slice(&text).expect("it is JSON")
}

fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Without this the target would see refusals alone.
    #[test]
    fn the_corpus_has_a_proof_that_is_good() {
        let corpus = include_str!("../../../../fuzz/corpus/dpop_proof/good");
        let (header, claims) = corpus.split_once('\n').unwrap();
        let text = signed(header.as_bytes(), claims.as_bytes());
        check(text.as_bytes(), &Method::POST, TOKEN, NOW).unwrap();
    }
}
