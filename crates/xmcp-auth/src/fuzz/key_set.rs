//! Key sets (RFC 7517).

use serde_json::Value;

use super::ALGORITHMS;
use crate::keys::{Found, KeySet};

/// The document at an issuer's `jwks_uri`: what is accepted has at most 64 keys, all found by what they are for, and none of them
/// signed what nobody did.
pub fn key_set(data: &[u8]) {
    let Ok(set) = KeySet::parse(data, &ALGORITHMS) else {
        return;
    };
    let document: Value = serde_json::from_slice(data).expect("it is JSON");
    let members = document["keys"].as_array().expect("it has keys");
    assert_eq!(set.len() + set.skipped(), members.len());
    assert!((1..=64).contains(&set.len()));

    let ids: Vec<Option<&str>> = members
        .iter()
        .map(|member| member.get("kid").and_then(Value::as_str))
        .chain([None, Some("")])
        .collect();
    for id in ids {
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
