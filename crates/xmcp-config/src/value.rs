//! The few kinds of value that a setting can have, and the way from the written form to the Rust type and back.

use crate::{
    Icon,
    nearest::nearest,
    reason::{Fault, Reason, shown},
    rule::Rule,
};
use std::time::Duration;

/// A value as it was written, before it is a Rust type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Raw {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<String>),
    Icons(Vec<Icon>),
}

impl Raw {
    /// What was found, for a message: the kind of value and the value.
    pub(crate) fn described(&self) -> String {
        match self {
            Self::Text(text) => format!("the string {}", shown(text)),
            Self::Integer(integer) => format!("the integer `{integer}`"),
            Self::Boolean(boolean) => format!("the boolean `{boolean}`"),
            Self::List(_) | Self::Icons(_) => "a list".to_owned(),
        }
    }
}

/// The kind of value that a key takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    Text,
    /// Text of which the empty one means "not set".
    OptionalText,
    Integer,
    Boolean,
    Texts,
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    /// A path below the project's root, or `false`.
    #[cfg(feature = "file")]
    PathOrFalse,
    Icons,
}

impl Shape {
    /// Whether `raw` is of this kind.
    pub(crate) fn check(self, raw: &Raw, rule: Rule) -> Result<(), Fault> {
        match (self, raw) {
            (Self::Text | Self::OptionalText, Raw::Text(_))
            | (Self::Integer, Raw::Integer(_))
            | (Self::Boolean, Raw::Boolean(_))
            | (Self::Texts, Raw::List(_))
            | (Self::Icons, Raw::Icons(_)) => Ok(()),
            (Self::Choice(words), Raw::Text(word)) => one_of(words, word).map_err(Fault::from),
            (Self::Choices(words), Raw::List(list)) => {
                list.iter().enumerate().try_for_each(|(index, word)| {
                    one_of(words, word).map_err(|reason| Fault::of_item(index, reason))
                })
            }
            #[cfg(feature = "file")]
            (Self::PathOrFalse, Raw::Text(_) | Raw::Boolean(false)) => Ok(()),
            _ => Err(self.wrong(raw.described(), rule).into()),
        }
    }

    /// The reason for refusing a value of another kind.
    pub(crate) fn wrong(self, found: String, rule: Rule) -> Reason {
        Reason::WrongType {
            found,
            expected: self.expected(rule),
        }
    }

    /// What to write, as a phrase.
    pub(crate) fn expected(self, rule: Rule) -> String {
        match self {
            Self::Text | Self::OptionalText => rule.expected_text().to_owned(),
            Self::Integer => match rule.range() {
                Some((minimum, maximum)) => format!("a whole number from {minimum} to {maximum}"),
                None => "a whole number".to_owned(),
            },
            Self::Boolean => "`true` or `false`".to_owned(),
            Self::Texts => "a list of strings".to_owned(),
            Self::Choice(words) => alternatives(words),
            Self::Choices(words) => format!("a list of {}", alternatives(words)),
            #[cfg(feature = "file")]
            Self::PathOrFalse => "a path as a string, or `false`".to_owned(),
            Self::Icons => "a list of icons, as `[[server.icons]]` tables".to_owned(),
        }
    }
}

/// `"a"`, `"b"` or `"c"`, as a phrase.
fn alternatives(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

fn one_of(words: &[&'static str], word: &str) -> Result<(), Reason> {
    if words.contains(&word) {
        return Ok(());
    }
    Err(Reason::UnknownWord {
        found: shown(word),
        expected: match nearest(word, words.iter().copied()) {
            Some(meant) => format!("`{meant}`"),
            None => alternatives(words),
        },
    })
}

/// A Rust type that a setting can have.
pub(crate) trait Value: Sized {
    fn shape() -> Shape;
    /// `None` when `raw` is not of this type's shape, which [`Shape::check`] and the rule have said before.
    fn from_raw(raw: Raw) -> Option<Self>;
    fn to_raw(&self) -> Raw;
    /// An expression that makes the value, reachable from a generated file.
    #[cfg(feature = "file")]
    fn rust(&self) -> String;
}

impl Value for String {
    fn shape() -> Shape {
        Shape::Text
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) => Some(text),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Text(self.clone())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        format!("::std::string::String::from({self:?})")
    }
}

impl Value for Option<String> {
    fn shape() -> Shape {
        Shape::OptionalText
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Text(text) => Some(Some(text).filter(|text| !text.is_empty())),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Text(self.clone().unwrap_or_default())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        option(self.as_ref().map(Value::rust))
    }
}

impl Value for bool {
    fn shape() -> Shape {
        Shape::Boolean
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Boolean(boolean) => Some(boolean),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Boolean(*self)
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        self.to_string()
    }
}

impl Value for usize {
    fn shape() -> Shape {
        Shape::Integer
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Integer(integer) => integer.try_into().ok(),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Integer(i64::try_from(*self).unwrap_or(i64::MAX))
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        format!("{self}usize")
    }
}

/// A port. Nobody having set it is not the same as the default having been set: only the former may move to a free one.
impl Value for Option<u16> {
    fn shape() -> Shape {
        Shape::Integer
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Integer(integer) => integer.try_into().ok().map(Some),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Integer(self.unwrap_or(crate::DEFAULT_PORT).into())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        option(self.map(|port| format!("{port}u16")))
    }
}

/// Written in whole seconds; the key's name says so.
impl Value for Duration {
    fn shape() -> Shape {
        Shape::Integer
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Integer(seconds) => seconds.try_into().ok().map(Self::from_secs),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Integer(i64::try_from(self.as_secs()).unwrap_or(i64::MAX))
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        format!("::core::time::Duration::from_secs({}u64)", self.as_secs())
    }
}

impl Value for Vec<String> {
    fn shape() -> Shape {
        Shape::Texts
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::List(list) => Some(list),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::List(self.clone())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        list(self.iter().map(Value::rust))
    }
}

impl Value for Vec<Icon> {
    fn shape() -> Shape {
        Shape::Icons
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Icons(icons) => Some(icons),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::Icons(self.clone())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        list(self.iter().map(|icon| {
            format!(
                "::xmcp::codegen::Icon {{ src: {}, mime_type: {}, sizes: {}, theme: {} }}",
                icon.src.rust(),
                icon.mime_type.rust(),
                icon.sizes.rust(),
                option(icon.theme.map(|theme| theme.path().to_owned())),
            )
        }))
    }
}

#[cfg(feature = "file")]
fn option(value: Option<String>) -> String {
    match value {
        Some(value) => format!("::core::option::Option::Some({value})"),
        None => "::core::option::Option::None".to_owned(),
    }
}

#[cfg(feature = "file")]
pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    format!("::std::vec![{}]", items.collect::<Vec<_>>().join(", "))
}
