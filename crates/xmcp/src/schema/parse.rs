//! Text to value, noticing what a value cannot hold: members that came twice.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::path::Path;
use super::violations::Violations;

/// More than this many members given twice are not remembered one by one.
const MOST: usize = 16;

pub(super) struct Parsed {
    pub(super) value: Value,
    /// JSON pointers of the members that came more than once.
    pub(super) duplicates: Vec<String>,
}

/// # Errors
///
/// The text is no JSON, nests too deeply, or repeats members more often than anyone would by mistake.
pub(super) fn value(text: &str) -> Result<Parsed, Violations> {
    let duplicates = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Place {
        path: &Path::Root,
        duplicates: &duplicates,
    };
    let parsed = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    let value = parsed.map_err(|error| {
        Violations::of(&Path::Root, format_args!("cannot be read as JSON: {error}"))
    })?;
    let duplicates = duplicates.into_inner();
    if duplicates.len() > MOST {
        return Err(Violations::of(
            &Path::Root,
            "too many members are given more than once",
        ));
    }
    Ok(Parsed { value, duplicates })
}

#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p Path<'p>,
    duplicates: &'p RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        loop {
            let path = self.path.item(array.len());
            match items.next_element_seed(Place {
                path: &path,
                ..self
            })? {
                Some(item) => array.push(item),
                None => return Ok(Value::Array(array)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let path = self.path.member(&name);
            let value = members.next_value_seed(Place {
                path: &path,
                ..self
            })?;
            let mut duplicates = self.duplicates.borrow_mut();
            if object.contains_key(&name) && duplicates.len() <= MOST {
                duplicates.push(path.pointer());
            }
            drop(duplicates);
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
