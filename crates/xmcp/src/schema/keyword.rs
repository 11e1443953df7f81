//! The values of single keywords.

use serde_json::Value;

use super::node::{Limit, Types};
use super::number::Number;

pub(super) fn types(value: &Value) -> Option<Types> {
    match value {
        Value::String(name) => Types::named(name),
        Value::Array(names) if !names.is_empty() => {
            names.iter().try_fold(Types::NONE, |types, name| {
                Some(types.union(Types::named(name.as_str()?)?))
            })
        }
        _ => None,
    }
}

pub(super) fn limit(value: &Value) -> Option<Limit> {
    let number = value.as_number()?;
    Some(Limit {
        value: Number::from_json(number)?,
        written: number.to_string(),
    })
}

/// A divisor with which the remainder is exact.
pub(super) fn divisor(value: &Value) -> Option<i64> {
    const EXACT: i64 = 1 << 53;
    let whole = value
        .as_number()
        .and_then(Number::from_json)?
        .whole()
        .ok()?;
    let number = i64::try_from(whole).ok()?;
    (1..=EXACT).contains(&number).then_some(number)
}

pub(super) fn count(value: &Value) -> Option<u64> {
    if let Some(count) = value.as_u64() {
        return Some(count);
    }
    value
        .as_f64()
        .filter(|count| *count >= 0.0 && count.fract() == 0.0)
        .map(|count| count as u64)
}
