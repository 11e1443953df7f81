//! `uniqueItems`: whether no two items of an array are equal, in about as many steps as the array has values.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use serde_json::Value;

use super::node::equal;
use super::number::Number;

pub(super) fn unique(items: &[Value]) -> bool {
    let digests = RandomState::new();
    let mut seen: HashMap<u64, Vec<&Value>> = HashMap::with_capacity(items.len());
    items.iter().all(|item| {
        let alike = seen.entry(digest(&digests, item)).or_default();
        let is_new = !alike.iter().any(|other| equal(other, item));
        alike.push(item);
        is_new
    })
}

/// The same for values that are equal to JSON Schema, with a key that no client knows.
fn digest(keys: &RandomState, value: &Value) -> u64 {
    let mut hasher = keys.build_hasher();
    match value {
        Value::Null => 0_u8.hash(&mut hasher),
        Value::Bool(value) => value.hash(&mut hasher),
        Value::Number(number) => match Number::from_json(number).map(Number::whole) {
            Some(Ok(integer)) => integer.hash(&mut hasher),
            Some(Err(float)) => float.to_bits().hash(&mut hasher),
            None => 1_u8.hash(&mut hasher),
        },
        Value::String(text) => text.hash(&mut hasher),
        Value::Array(items) => {
            for item in items {
                digest(keys, item).hash(&mut hasher);
            }
        }
        Value::Object(members) => {
            // In any order.
            let sum = members.iter().fold(0_u64, |sum, (name, value)| {
                sum.wrapping_add(keys.hash_one((name, digest(keys, value))))
            });
            sum.hash(&mut hasher);
        }
    }
    hasher.finish()
}
