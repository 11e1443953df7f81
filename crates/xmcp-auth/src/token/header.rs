//! The header of a token: who signed it how, as far as a stranger may say.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::Algorithm;
use crate::{Reason, json};

/// Longer key ids are nobody's, and would fill logs.
const MAX_KEY_ID: usize = 128;

/// Types of token that may be an access token, in lower case. Scalekit says `JWT`, RFC 9068 `at+jwt`; other types were made for
/// other uses and must not be taken for this one (RFC 8725, section 3.11).
const TYPES: [&str; 3] = ["jwt", "at+jwt", "application/at+jwt"];

/// Parameters that bring a key, name one, or change what is signed.
const FORBIDDEN: [&str; 6] = ["crit", "jku", "jwk", "x5u", "x5c", "b64"];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
}

impl Header {
    pub(super) fn parse(part: &str, allowed: &[Algorithm]) -> Result<Self, Reason> {
        let text = URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| Reason::Malformed)?;
        let members = json::object(&text).ok_or(Reason::Malformed)?;
        let algorithm = match members.get("alg") {
            Some(Value::String(name)) => allowed
                .iter()
                .copied()
                .find(|algorithm| algorithm.name() == name)
                .ok_or_else(|| Reason::Algorithm(Reason::excerpt(name)))?,
            _ => return Err(Reason::Header("alg")),
        };
        if let Some(name) = FORBIDDEN.iter().find(|name| members.contains_key(**name)) {
            return Err(Reason::Header(name));
        }
        let key_id = match members.get("kid") {
            None => None,
            Some(Value::String(id)) if !id.is_empty() && id.len() <= MAX_KEY_ID => Some(id.clone()),
            Some(_) => return Err(Reason::Header("kid")),
        };
        match members.get("typ") {
            None => {}
            Some(Value::String(name))
                if TYPES.iter().any(|known| name.eq_ignore_ascii_case(known)) => {}
            Some(_) => return Err(Reason::Header("typ")),
        }
        Ok(Self { algorithm, key_id })
    }
}
