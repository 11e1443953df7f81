//! Tokens, before anything of them is believed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::ALGORITHMS;
use crate::{
    Reason,
    keys::Key,
    token::{MAX_LENGTH, SignedToken},
};

/// The text of a token: what is taken apart is three parts that are written in one way only, and no key has signed it.
pub fn token(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(token) = SignedToken::parse(text, &ALGORITHMS) else {
        return;
    };
    assert!(text.len() <= MAX_LENGTH);
    let parts: Vec<&str> = text.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("a token of {} parts", parts.len());
    };
    for part in [header, signature] {
        let decoded = URL_SAFE_NO_PAD.decode(part).expect("it was decoded before");
        assert_eq!(URL_SAFE_NO_PAD.encode(decoded), **part);
    }
    let shown = format!("{token:?}");
    assert_eq!(
        token.claims(&[] as &[std::sync::Arc<Key>]).err(),
        Some(Reason::Signature)
    );
    for secret in [claims, signature] {
        assert!(secret.len() < 16 || !shown.contains(*secret), "{shown}");
    }
}

/// The JSON of a JOSE header: what is accepted says the same to a reader that minds nothing, and names or brings no key.
pub fn jose_header(data: &[u8]) {
    let text = format!("{}.e30.AAAA", URL_SAFE_NO_PAD.encode(data));
    let Ok(token) = SignedToken::parse(&text, &ALGORITHMS) else {
        return;
    };
    let read: Map<String, Value> = serde_json::from_slice(data).expect("it is JSON");
    assert_eq!(read["alg"], token.algorithm().name());
    assert_eq!(read.get("kid").and_then(Value::as_str), token.key_id());
    assert!(
        token
            .key_id()
            .is_none_or(|id| (1..=128).contains(&id.len()))
    );
    for name in ["crit", "jku", "jwk", "x5u", "x5c", "b64"] {
        assert!(!read.contains_key(name), "{name}");
    }
}
