//! JSON objects from strangers: no member twice, no deeper than [`MAX_DEPTH`].
//!
//! Two readers of one text must not see two meanings, and what is nested must not exhaust the stack.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep arrays and objects may stand in each other. Claims of living issuers need three or four.
const MAX_DEPTH: usize = 32;

/// How serde_json shows a number once any crate of an app turns on its `arbitrary_precision`: as an object with this member, the
/// digits its value. Without knowing it, such an app would find no `exp` in any token.
const NUMBER: &str = "$serde_json::private::Number";

/// The object that this text is, or none.
pub(crate) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict { depth: MAX_DEPTH }
        .deserialize(&mut deserializer)
        .ok()?;
    deserializer.end().ok()?;
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth }),
            None => Err(E::custom("nested too deeply")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Map::new();
        while let Some(name) = items.next_key::<String>()? {
            if name == NUMBER {
                let number = number(&items.next_value::<String>()?);
                return number.ok_or_else(|| A::Error::custom("number out of range"));
            }
            let value = items.next_value_seed(inner)?;
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("member twice"));
            }
        }
        Ok(Value::Object(members))
    }
}

fn number(digits: &str) -> Option<Value> {
    let whole = digits.parse::<u64>().map(Number::from);
    let negative = || digits.parse::<i64>().map(Number::from);
    let number = whole.or_else(|_| negative()).ok();
    let fraction = || {
        digits
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite())
    };
    number
        .or_else(|| Number::from_f64(fraction()?))
        .map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_it_stands() {
        let text = r#" {"b":[1,-2,0.5,true,null,"\u00e4"],"a":{"c":{}}} "#;
        assert_eq!(
            Value::Object(object(text.as_bytes()).unwrap()).to_string(),
            r#"{"b":[1,-2,0.5,true,null,"ä"],"a":{"c":{}}}"#
        );
    }

    #[test]
    fn what_has_two_meanings_is_refused() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"a":1},"#,
            r#"["a"]"#,
            r#""a""#,
            "{'a':1}",
            r#"{"a":"\ud800"}"#,
            r#"{"a":1e999}"#,
            "\u{feff}{}",
            "",
        ] {
            assert_eq!(object(text.as_bytes()), None, "{text}");
        }
        assert_eq!(object(b"{\"a\":\"\xff\"}"), None);
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(object(nested(MAX_DEPTH - 1).as_bytes()).is_some());
        assert!(object(nested(MAX_DEPTH).as_bytes()).is_none());
        assert!(object(nested(100_000).as_bytes()).is_none());
    }

    #[test]
    fn names_that_mean_something_to_a_library_mean_nothing_here() {
        let text = r#"{"a":{"$serde_json::private::RawValue":"{\"sub\":1}"}}"#;
        assert_eq!(
            Value::Object(object(text.as_bytes()).unwrap()).to_string(),
            text
        );
    }
}
