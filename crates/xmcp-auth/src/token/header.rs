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

/// Those of them that are nothing else (RFC 9068, section 2.1).
const ACCESS_TOKEN_TYPES: [&str; 2] = ["at+jwt", "application/at+jwt"];

/// Parameters that bring a key, name one, or change what is signed.
const FORBIDDEN: [&str; 6] = ["crit", "jku", "jwk", "x5u", "x5c", "b64"];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) key_id: Option<String>,
    /// Whether it says that this is an access token and nothing else.
    pub(super) is_access_token: bool,
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
        let is_one_of =
            |types: &[&str], name: &str| types.iter().any(|known| name.eq_ignore_ascii_case(known));
        let is_access_token = match members.get("typ") {
            None => false,
            Some(Value::String(name)) if is_one_of(&TYPES, name) => {
                is_one_of(&ACCESS_TOKEN_TYPES, name)
            }
            Some(_) => return Err(Reason::Header("typ")),
        };
        Ok(Self {
            algorithm,
            key_id,
            is_access_token,
        })
    }
}
