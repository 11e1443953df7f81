//! Key sets (RFC 7517).

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::ALGORITHMS;
use crate::keys::{Found, KeySet};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

/// The document at an issuer's `jwks_uri`: what is accepted has at most 64 keys, all found by what they are for, and none of them
/// signed what nobody did.
pub fn key_set(data: &[u8]) {
    let Ok(set) = KeySet::parse(data, &ALGORITHMS) else {
        return;
    };
    let document: Document<'_> = serde_json::from_slice(data).expect("it has keys");
    let members = document.keys;
    assert_eq!(set.len() + set.skipped(), members.len());
    assert!((1..=64).contains(&set.len()));

    // A member that is no value at all is one of those that are skipped.
    let ids = members.iter().filter_map(|member| {
        let member: Value = serde_json::from_str(member.get()).ok()?;
        Some(member.get("kid")?.as_str()?.to_owned())
    });
    for id in ids.map(Some).chain([None, Some(String::new())]) {
        let id = id.as_deref();
        for algorithm in ALGORITHMS {
            let Found::Keys(keys) = set.find(id, algorithm) else {
                continue;
            };
            assert!((1..=4).contains(&keys.len()));
            for key in keys {
                assert!(key.is_for(algorithm));
                assert!(id.is_none_or(|id| key.id() == Some(id)));
                assert!(!key.verifies(algorithm, b"e30.e30", data));
            }
        }
    }
    let _ = format!("{set:?}");
}
