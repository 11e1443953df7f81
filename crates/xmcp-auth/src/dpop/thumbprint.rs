//! The name of a public key: the digest of its members (RFC 7638).

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The SHA-256 thumbprint of a key, in base64url. `None` for a key of a type that signs no proof, or with a member that is not what
/// it must be.
///
/// Numbers are read and written anew, so that one key has one name, however its numbers are written.
pub(super) fn thumbprint(key: &Map<String, Value>) -> Option<String> {
    let text = |name| key.get(name)?.as_str();
    let bytes = |name| URL_SAFE_NO_PAD.decode(text(name)?).ok();
    let fixed = |name| bytes(name).map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    // RFC 7518, section 6.3.1: no zeros before a number.
    let number = |name| {
        let bytes = bytes(name)?;
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        Some(URL_SAFE_NO_PAD.encode(&bytes[zeros..]))
    };
    let kind = text("kty")?;
    let mut members = BTreeMap::from([("kty", kind.to_owned())]);
    match kind {
        "RSA" => members.extend([("e", number("e")?), ("n", number("n")?)]),
        "EC" => members.extend([
            ("crv", text("crv")?.to_owned()),
            ("x", fixed("x")?),
            ("y", fixed("y")?),
        ]),
        "OKP" => members.extend([("crv", text("crv")?.to_owned()), ("x", fixed("x")?)]),
        _ => return None,
    }
    // A map in order, without spaces, is the form that section 3 wants.
    let form = serde_json::to_vec(&members).ok()?;
    Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &form)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(key: Value) -> Option<String> {
        match key {
            Value::Object(key) => thumbprint(&key),
            _ => None,
        }
    }

    const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn6\
                     4tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5ha\
                     jrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    /// RFC 7638, section 3.1.
    #[test]
    fn the_example_of_the_specification_has_its_name() {
        let name = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let key = json!({ "kty": "RSA", "n": N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
        assert_eq!(of(key).as_deref(), Some(name));
        let padded = json!({ "kty": "RSA", "n": N, "e": "AAEAAQ" });
        assert_eq!(of(padded).as_deref(), Some(name));
    }

    /// RFC 9449, section 6.1, the key of its examples; RFC 8037, appendix A.3.
    #[test]
    fn keys_of_curves_have_theirs() {
        let key = json!({
            "kty": "EC", "crv": "P-256",
            "x": "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "y": "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
        });
        assert_eq!(
            of(key).as_deref(),
            Some("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I")
        );
        let key = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
        assert_eq!(
            of(key).as_deref(),
            Some("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        );
    }

    #[test]
    fn what_signs_no_proof_has_none() {
        for key in [
            json!({ "kty": "oct", "k": "AAAA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AAAA" }),
            json!({ "kty": "EC", "crv": "P-256", "x": "AAAA", "y": "A" }),
            json!({ "kty": "OKP", "crv": 1, "x": "AAAA" }),
            json!({ "kty": "RSA", "n": "AAAA=", "e": "AQAB" }),
            json!({}),
        ] {
            assert_eq!(of(key.clone()), None, "{key}");
        }
    }
}
