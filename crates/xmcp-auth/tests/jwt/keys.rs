//! Which keys can be had, and what is said of the others.

use aws_lc_rs::{
    encoding::AsDer,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};
use xmcp_auth::{Algorithm, Secret, jwt::Keys};

use crate::signing_key::{SigningKey, ada};

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let lines = lines.join("\n");
    format!("-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n")
}

fn rsa(size: KeySize) -> Vec<u8> {
    let pair = RsaKeyPair::generate(size).unwrap();
    pair.public_key().as_der().unwrap().as_ref().to_vec()
}

fn p256() -> Vec<u8> {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    pair.public_key().as_der().unwrap().as_ref().to_vec()
}

fn ed25519() -> Vec<u8> {
    let pair = Ed25519KeyPair::generate().unwrap();
    pair.public_key().as_der().unwrap().as_ref().to_vec()
}

fn is_refused(keys: Result<Keys, xmcp_auth::ConfigError>, said: &str) {
    let error = keys.unwrap_err().to_string();
    assert!(error.contains(said), "{error}");
}

#[test]
fn a_public_key_is_for_an_algorithm_of_its_type_and_no_other() {
    use Algorithm::*;
    let all = [
        Rs256, Rs384, Rs512, Ps256, Ps384, Ps512, Es256, Es384, EdDsa, Hs256,
    ];
    for (der, fit) in [
        (
            rsa(KeySize::Rsa2048),
            &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512][..],
        ),
        (p256(), &[Es256]),
        (ed25519(), &[EdDsa]),
    ] {
        for algorithm in all {
            let keys = Keys::pem(algorithm, &pem("PUBLIC KEY", &der));
            assert_eq!(keys.is_ok(), fit.contains(&algorithm), "{algorithm}");
        }
    }
    for (key, fit) in [
        (ada().jwk_without("alg"), Rs256),
        (SigningKey::p384("key").jwk(), Es384),
        (SigningKey::ed25519("key").jwk(), EdDsa),
    ] {
        for algorithm in all {
            let keys = Keys::jwk(algorithm, &key.to_string());
            let is_rsa =
                fit == Rs256 && matches!(algorithm, Rs256 | Rs384 | Rs512 | Ps256 | Ps384 | Ps512);
            assert_eq!(keys.is_ok(), algorithm == fit || is_rsa, "{algorithm}");
        }
    }
    // It says what it is for.
    assert!(Keys::jwk(Ps256, &ada().jwk().to_string()).is_err());
}

#[test]
fn what_is_no_public_key_in_pem_is_refused_with_what_to_do() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let private = pem("PRIVATE KEY", pair.as_der().unwrap().as_ref());
    is_refused(Keys::pem(Algorithm::Rs256, &private), "-pubout");
    let certificate = pem("CERTIFICATE", &rsa(KeySize::Rsa2048));
    is_refused(Keys::pem(Algorithm::Rs256, &certificate), "openssl x509");
    for text in ["", "no key", &pem("PUBLIC KEY", b"")[..20]] {
        is_refused(Keys::pem(Algorithm::Rs256, text), "BEGIN PUBLIC KEY");
    }
    let broken = pem("PUBLIC KEY", &rsa(KeySize::Rsa2048)[..100]);
    assert!(Keys::pem(Algorithm::Rs256, &broken).is_err());
}

#[test]
fn a_private_or_shared_jwk_is_refused() {
    for jwk in [
        r#"{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}"#.to_owned(),
        ada().jwk_with("d", "AQAB").to_string(),
    ] {
        for algorithm in [Algorithm::Rs256, Algorithm::Hs256] {
            let error = Keys::jwk(algorithm, &jwk).unwrap_err().to_string();
            assert!(error.contains("private or shared"), "{error}");
            assert!(!error.contains("c2VjcmV0"), "{error}");
        }
    }
    is_refused(Keys::jwk(Algorithm::Rs256, "[]"), "no JSON object");
    let twice = r#"{"kty":"RSA","kty":"RSA"}"#;
    is_refused(Keys::jwk(Algorithm::Rs256, twice), "twice");
}

/// RFC 7518, section 3.3: 2048 bits at least.
#[test]
fn a_short_rsa_key_is_refused() {
    // The parameters of a key of 1024 bits, made for this test.
    let short = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDd9mwc5mv1D8JfgJRFvKVx18Oe
5cNQHYbLR4TORGZDGieMofxiqgIXIAyjzmyJ0Ho+sKPsbap9fqw0QpEmyciYKRhx
JoNyo9hr3kUmfpgkezwtwx102gPi3RbcaSqq1bb2exQhFCgvzVnvEtICSlvDO4m6
t5puqXm76hnTVaLSVQIDAQAB
-----END PUBLIC KEY-----
";
    assert!(Keys::pem(Algorithm::Rs256, short).is_err());
    assert!(Keys::pem(Algorithm::Ps256, short).is_err());
}

/// RFC 7518, section 3.2: as long as the hash at least.
#[test]
fn a_shared_secret_has_at_least_32_bytes_and_is_not_printed() {
    for (length, is_good) in [(0, false), (31, false), (32, true), (100, true)] {
        let secret = Secret::new("s".repeat(length));
        assert_eq!(Keys::shared_secret(&secret).is_ok(), is_good, "{length}");
    }
    let keys = Keys::shared_secret(&Secret::new("hunter2-".repeat(5))).unwrap();
    assert_eq!(format!("{keys:?}"), "Keys { algorithms: [Hs256], .. }");
    let error = Keys::shared_secret(&Secret::new("hunter2")).unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

/// RFC 8725, section 2.1: whoever has the public key would sign with it.
#[test]
fn t4_a_key_in_pem_is_no_shared_secret() {
    for key in [
        pem("PUBLIC KEY", &p256()),
        pem("RSA PUBLIC KEY", &rsa(KeySize::Rsa2048)),
        pem("CERTIFICATE", &[0; 64]),
        format!("\u{feff} {}", pem("PRIVATE KEY", &[0; 64])),
    ] {
        is_refused(Keys::shared_secret(&Secret::new(key)), "it is in PEM");
    }
}

#[test]
fn a_key_set_is_https_and_for_algorithms_of_published_keys() {
    let set = |url, algorithm| Keys::set(url, [algorithm]);
    assert!(set("https://keys.example/jwks", Algorithm::Es256).is_ok());
    assert!(set("http://localhost:1/jwks", Algorithm::Es256).is_ok());
    is_refused(set("http://keys.example/jwks", Algorithm::Es256), "https");
    is_refused(
        set("https://a:b@keys.example/jwks", Algorithm::Es256),
        "password",
    );
    is_refused(set("keys", Algorithm::Es256), "no URL");
    is_refused(
        set("https://keys.example/jwks", Algorithm::Hs256),
        "published keys",
    );
    is_refused(
        Keys::set("https://keys.example/jwks", []),
        "name algorithms",
    );
}
