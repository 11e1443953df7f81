//! JSON as a text that may be wrong: members that stand twice, keys that are spelled with escapes, numbers that nobody holds.

use std::fmt;

use proptest::{prelude::*, sample::Index};
use serde_json::Value;

/// A value, and how it is written.
#[derive(Clone, Debug)]
pub(crate) enum Json {
    /// As it is written.
    Text(String),
    Array(Vec<Json>),
    /// Keys as they are written, with their quotes.
    Object(Vec<(String, Json)>),
}

impl From<&Value> for Json {
    fn from(value: &Value) -> Self {
        match value {
            Value::Array(values) => Self::Array(values.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let member = |(key, value): (&String, &Value)| (quoted(key), Self::from(value));
                Self::Object(members.iter().map(member).collect())
            }
            other => Self::Text(other.to_string()),
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => formatter.write_str(text),
            Self::Array(values) => {
                formatter.write_str("[")?;
                for (place, value) in values.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(formatter, "{comma}{value}")?;
                }
                formatter.write_str("]")
            }
            Self::Object(members) => {
                formatter.write_str("{")?;
                for (place, (key, value)) in members.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(formatter, "{comma}{key}:{value}")?;
                }
                formatter.write_str("}")
            }
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

impl Json {
    /// Every object and every value in it, this one first.
    fn nodes(&self) -> usize {
        1 + match self {
            Self::Text(_) => 0,
            Self::Array(values) => values.iter().map(Self::nodes).sum(),
            Self::Object(members) => members.iter().map(|(_, value)| value.nodes()).sum(),
        }
    }

    /// The value at this place among all.
    fn node(&mut self, place: &mut usize) -> Option<&mut Self> {
        if *place == 0 {
            return Some(self);
        }
        *place -= 1;
        match self {
            Self::Text(_) => None,
            Self::Array(values) => values.iter_mut().find_map(|value| value.node_in(place)),
            Self::Object(members) => members
                .iter_mut()
                .find_map(|(_, value)| value.node_in(place)),
        }
    }

    fn node_in(&mut self, place: &mut usize) -> Option<&mut Self> {
        let size = self.nodes();
        if *place < size {
            return self.node(place);
        }
        *place -= size;
        None
    }

    /// All members of all objects, counted as [`Json::node`] does.
    fn any_object(&mut self, at: &Index) -> Option<&mut Vec<(String, Self)>> {
        let objects: Vec<usize> = (0..self.nodes())
            .filter(|place| {
                let mut place = *place;
                let node = self.node(&mut place);
                matches!(node, Some(Self::Object(members)) if !members.is_empty())
            })
            .collect();
        if objects.is_empty() {
            return None;
        }
        match self.node(&mut at.get(&objects).clone()) {
            Some(Self::Object(members)) => Some(members),
            _ => None,
        }
    }
}

/// What is done to a message to make another of it.
#[derive(Clone, Debug)]
pub(crate) enum Mutation {
    /// A member is missing.
    Remove { object: Index, member: Index },
    /// A member stands twice, with the same value or with another.
    Double {
        object: Index,
        member: Index,
        other: Option<&'static str>,
    },
    /// A member that nobody asked for.
    Add {
        object: Index,
        key: &'static str,
        value: &'static str,
    },
    /// A value is something else.
    Replace { node: Index, value: &'static str },
    /// A value is deep inside of arrays.
    Bury { node: Index, depth: usize },
    /// A string is as long as this.
    Lengthen { node: Index, length: usize },
    /// Members stand in another order.
    Turn { object: Index, by: usize },
    /// A key's first letter is an escape.
    Escape { object: Index, member: Index },
    /// White space where it may be.
    Space { node: Index },
}

/// Values that are right somewhere and wrong elsewhere.
pub(crate) const VALUES: [&str; 40] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "-1",
    "1",
    "2.0",
    "1.5",
    "1e2",
    "1E400",
    "-1e-400",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "123456789012345678901234567890",
    "0.1000000000000000055511151231257827",
    r#""""#,
    r#"" ""#,
    r#""a""#,
    r#""1""#,
    r#""true""#,
    r#""[]""#,
    r#""{\"a\":1}""#,
    r#""\u0041""#,
    r#""\u0000""#,
    r#""\ud83d\ude00""#,
    r#""\ud800""#,
    r#""Grüße \u2028 <b>&amp;</b> 😀""#,
    r#""tools/list""#,
    r#""2026-07-28""#,
    r#""2025-11-25""#,
    r#""2025-06-18""#,
    r#""2099-01-01""#,
    "[]",
    "{}",
    "[1,2,3]",
    r#"{"a":{"b":[null]}}"#,
    r#"{"a":1,"a":2}"#,
    "01",
];

/// Keys that mean something in some place, and some that mean nothing anywhere.
const KEYS: [&str; 18] = [
    r#""""#,
    r#""id""#,
    r#""method""#,
    r#""params""#,
    r#""jsonrpc""#,
    r#""result""#,
    r#""error""#,
    r#""name""#,
    r#""arguments""#,
    r#""uri""#,
    r#""cursor""#,
    r#""_meta""#,
    r#""task""#,
    r#""progressToken""#,
    r#""inputResponses""#,
    r#""requestState""#,
    r#""__proto__""#,
    r#""\u00e4\ud83d\ude00""#,
];

impl Mutation {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        let at = any::<Index>;
        let value = || proptest::sample::select(&VALUES[..]);
        prop_oneof![
            3 => (at(), at()).prop_map(|(object, member)| Self::Remove { object, member }),
            2 => (at(), at(), proptest::option::of(value()))
                .prop_map(|(object, member, other)| Self::Double { object, member, other }),
            2 => (at(), proptest::sample::select(&KEYS[..]), value())
                .prop_map(|(object, key, value)| Self::Add { object, key, value }),
            4 => (at(), value()).prop_map(|(node, value)| Self::Replace { node, value }),
            1 => (at(), prop_oneof![1..10_usize, Just(127), Just(128), Just(129), Just(2000)])
                .prop_map(|(node, depth)| Self::Bury { node, depth }),
            1 => (at(), prop_oneof![20..22_usize, Just(100), Just(101), Just(5000), Just(70_000)])
                .prop_map(|(node, length)| Self::Lengthen { node, length }),
            1 => (at(), 1..5_usize).prop_map(|(object, by)| Self::Turn { object, by }),
            1 => (at(), at()).prop_map(|(object, member)| Self::Escape { object, member }),
            1 => at().prop_map(|node| Self::Space { node }),
        ]
    }

    pub(crate) fn apply(&self, json: &mut Json) {
        match self {
            Self::Remove { object, member } => {
                if let Some(members) = json.any_object(object) {
                    members.remove(member.index(members.len()));
                }
            }
            Self::Double {
                object,
                member,
                other,
            } => {
                if let Some(members) = json.any_object(object) {
                    let (key, value) = member.get(members).clone();
                    let value = other.map_or(value, |text| Json::Text(text.to_owned()));
                    members.push((key, value));
                }
            }
            Self::Add { object, key, value } => {
                if let Some(members) = json.any_object(object) {
                    members.push(((*key).to_owned(), Json::Text((*value).to_owned())));
                }
            }
            Self::Replace { node, value } => {
                replace(json, node, |_| Json::Text((*value).to_owned()));
            }
            Self::Bury { node, depth } => replace(json, node, |value| {
                Json::Text(format!(
                    "{}{value}{}",
                    "[".repeat(*depth),
                    "]".repeat(*depth)
                ))
            }),
            Self::Lengthen { node, length } => {
                replace(json, node, |_| Json::Text(quoted(&"ä".repeat(*length))));
            }
            Self::Turn { object, by } => {
                if let Some(members) = json.any_object(object) {
                    let by = by % members.len();
                    members.rotate_left(by);
                }
            }
            Self::Escape { object, member } => {
                if let Some(members) = json.any_object(object) {
                    let at = member.index(members.len());
                    let key = &mut members[at].0;
                    if let Some(first) = key.chars().nth(1).filter(char::is_ascii_alphabetic) {
                        let rest = key.split_off(2);
                        *key = format!("\"\\u{:04x}{rest}", u32::from(first));
                    }
                }
            }
            Self::Space { node } => {
                replace(json, node, |value| Json::Text(format!(" \t{value}\r ")));
            }
        }
    }
}

fn replace(json: &mut Json, at: &Index, by: impl FnOnce(&Json) -> Json) {
    let mut place = at.index(json.nodes());
    if let Some(node) = json.node(&mut place) {
        *node = by(node);
    }
}
