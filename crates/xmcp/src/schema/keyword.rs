//! Single keywords: where they stand in a schema, and their values.

use serde_json::{Map, Value};

use super::node::{Limit, Types};
use super::number::Number;

/// A schema by its keywords. It has few, and to compare some short texts costs less than to hash one.
pub(super) trait Keywords {
    fn keyword(&self, name: &str) -> Option<&Value>;

    fn has_keyword(&self, name: &str) -> bool {
        self.keyword(name).is_some()
    }

    /// Removes it; the others stay in their order.
    fn take_keyword(&mut self, name: &str) -> Option<Value>;
}

impl Keywords for Map<String, Value> {
    fn keyword(&self, name: &str) -> Option<&Value> {
        self.iter()
            .find_map(|(keyword, value)| (keyword == name).then_some(value))
    }

    fn take_keyword(&mut self, name: &str) -> Option<Value> {
        match self.has_keyword(name) {
            true => self.shift_remove(name),
            false => None,
        }
    }
}

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
