//! JSON objects, read member by member into their places.
//!
//! 1. An object and nothing else: what serde derives would take `["2.0", 1, "ping"]` for a struct too, member by member in the
//!    order of declaration.
//! 2. A member that stands twice is refused. `null` is the same as nothing, unless the place wants to know.
//! 3. What serde derives is moved once more at each level, and the structs here are large. These stay where they are.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// A struct whose members can be read one by one. At most 64 of them.
pub(super) trait Members<'de> {
    /// Their names in the text.
    const NAMES: &'static [&'static str];

    /// Which of the names this is.
    fn number(name: &str) -> Option<usize>;

    /// Reads the value of the member of this number.
    fn read<A: MapAccess<'de>>(&mut self, number: usize, values: &mut A) -> Result<(), A::Error>;
}

/// Names the members of a struct: `"name in the text" => field`.
macro_rules! members {
    (impl[$($generics:tt)*] $type:ty { $($name:literal => $field:ident,)* }) => {
        impl<$($generics)*> Members<'de> for $type {
            const NAMES: &'static [&'static str] = &[$($name),*];

            fn number(name: &str) -> Option<usize> {
                #[expect(non_camel_case_types, reason = "these are the names of fields")]
                enum Number { $($field),* }
                match name {
                    $($name => Some(Number::$field as usize),)*
                    _ => None,
                }
            }

            fn read<A: MapAccess<'de>>(&mut self, number: usize, values: &mut A) -> Result<(), A::Error> {
                #[expect(non_camel_case_types, reason = "these are the names of fields")]
                enum Number { $($field),* }
                $(if number == Number::$field as usize {
                    return self.$field.read(values);
                })*
                Ok(())
            }
        }
    };
}

pub(super) use members;

/// What the value of a member is read into.
pub(super) trait Place<'de> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error>;
}

/// A text, borrowed unless it has escapes. Of an `Option<Cow<str>>` alone serde makes a copy.
impl<'de> Place<'de> for Option<Cow<'de, str>> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error> {
        #[derive(Deserialize)]
        struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
        let text: Option<Text<'de>> = values.next_value()?;
        *self = text.map(|Text(text)| text);
        Ok(())
    }
}

/// Any value, as it is written.
impl<'de> Place<'de> for Option<&'de RawValue> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error> {
        *self = values.next_value()?;
        Ok(())
    }
}

/// Any value, `null` included.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Present<'a>(pub(super) Option<&'a RawValue>);

impl<'de> Place<'de> for Present<'de> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error> {
        self.0 = Some(values.next_value()?);
        Ok(())
    }
}

/// An object of its own.
#[derive(Debug, Default)]
pub(super) struct Nested<T>(pub(super) T);

impl<'de, T: Members<'de>> Place<'de> for Nested<T> {
    fn read<A: MapAccess<'de>>(&mut self, values: &mut A) -> Result<(), A::Error> {
        values.next_value_seed(Nullable(&mut self.0))
    }
}

/// The object of this text.
///
/// # Errors
///
/// The text is no JSON, no object, has a member twice, or one of another type than its place.
pub(super) fn object<'de, T: Members<'de> + Default>(
    text: &'de str,
) -> Result<T, serde_json::Error> {
    let mut object = T::default();
    read(text, &mut object)?;
    Ok(object)
}

/// The same, into a place that is there.
pub(super) fn read<'de, T: Members<'de>>(
    text: &'de str,
    object: &mut T,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Object(object).deserialize(&mut deserializer)?;
    deserializer.end()
}

struct Object<'p, T>(&'p mut T);

impl<'de, T: Members<'de>> DeserializeSeed<'de> for Object<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Members<'de>> Visitor<'de> for Object<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut seen = 0_u64;
        while let Some(number) = members.next_key_seed(Name::<T>(PhantomData))? {
            let Some(number) = number else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen & (1 << number) != 0 {
                return Err(A::Error::duplicate_field(T::NAMES[number]));
            }
            seen |= 1 << number;
            self.0.read(number, &mut members)?;
        }
        Ok(())
    }
}

/// An object, or `null` in its place.
pub(super) struct Nullable<'p, T>(pub(super) &'p mut T);

impl<'de, T: Members<'de>> DeserializeSeed<'de> for Nullable<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Members<'de>> Visitor<'de> for Nullable<'_, T> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        Object(self.0).deserialize(deserializer)
    }
}

/// Reads a member's name as its number.
struct Name<T>(PhantomData<T>);

impl<'de, T: Members<'de>> DeserializeSeed<'de> for Name<T> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, T: Members<'de>> Visitor<'de> for Name<T> {
    type Value = Option<usize>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(T::number(name))
    }
}
