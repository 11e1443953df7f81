//! A compiled schema: nodes in one list, so that a recursive schema is a number and not a pointer.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::foreign::Foreign;
use super::format::Format;
use super::number::Number;
use super::pattern::Pattern;

pub(super) type NodeId = usize;

/// A set of JSON types. `number` is integers and fractions, as JSON Schema has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const FRACTION: Self = Self(8);
    pub(super) const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    pub(super) const ALL: Self = Self(127);

    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) => match Number::from_json(number) {
                Some(number) => Self::of_number(number),
                None => Self::NONE,
            },
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn of_number(number: Number) -> Self {
        if number.is_integer() {
            Self::INTEGER
        } else {
            Self::FRACTION
        }
    }

    /// What the text of a JSON value can be, by its first byte.
    pub(super) fn of_text(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'{') => Self::OBJECT,
            Some(b'[') => Self::ARRAY,
            Some(b'"') => Self::STRING,
            Some(b't' | b'f') => Self::BOOLEAN,
            Some(b'n') => Self::NULL,
            _ => Self::NUMBER,
        }
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// One schema. Every rule applies to values of its own type only, as in JSON Schema.
#[derive(Debug)]
pub(super) struct Node {
    /// The types that `type` allows.
    pub(super) types: Types,
    /// The types that can pass at all, what this node refers to considered.
    pub(super) possible: Types,
    /// `enum` and `const`.
    pub(super) values: Option<Values>,
    pub(super) number: NumberRules,
    pub(super) length: Bounds,
    pub(super) text: TextRules,
    pub(super) array: ArrayRules,
    pub(super) object: ObjectRules,
    /// `allOf`, and a `$ref` with neighbours.
    pub(super) all: Vec<NodeId>,
    /// `anyOf` and `oneOf`.
    pub(super) unions: Vec<Union>,
    /// `not`: what must not pass.
    pub(super) not: Option<NodeId>,
    /// What only `jsonschema` checks.
    pub(super) foreign: Option<Arc<Foreign>>,
    /// Whether there are no rules but those of the nodes referred to, and foreign ones.
    pub(super) is_open: bool,
    /// Whether everything passes.
    pub(super) is_anything: bool,
    /// The target of a `$ref` that stands alone.
    pub(super) only_refers_to: Option<NodeId>,
}

impl Node {
    pub(super) fn anything() -> Self {
        Self {
            types: Types::ALL,
            possible: Types::ALL,
            values: None,
            number: NumberRules::default(),
            length: Bounds::default(),
            text: TextRules::default(),
            array: ArrayRules::default(),
            object: ObjectRules::default(),
            all: Vec::new(),
            unions: Vec::new(),
            not: None,
            foreign: None,
            is_open: true,
            is_anything: true,
            only_refers_to: None,
        }
    }

    /// Whether the value's text is read more than once, or as a whole.
    pub(super) fn needs_text(&self) -> bool {
        !self.all.is_empty()
            || !self.unions.is_empty()
            || self.not.is_some()
            || self.array.unique
            || self
                .foreign
                .as_ref()
                .is_some_and(|foreign| foreign.applies != Types::STRING)
    }
}

#[derive(Debug)]
pub(super) struct Values {
    pub(super) all: Vec<Value>,
    pub(super) types: Types,
}

impl Values {
    pub(super) fn contains(&self, value: &Value) -> bool {
        self.all.iter().any(|allowed| equal(allowed, value))
    }

    pub(super) fn contains_text(&self, text: &str) -> bool {
        self.all
            .iter()
            .any(|allowed| allowed.as_str() == Some(text))
    }

    pub(super) fn contains_number(&self, number: Number) -> bool {
        self.all
            .iter()
            .filter_map(as_number)
            .any(|allowed| allowed.compare(number).is_eq())
    }

    pub(super) fn contains_bool(&self, value: bool) -> bool {
        self.all
            .iter()
            .any(|allowed| allowed.as_bool() == Some(value))
    }

    pub(super) fn contains_null(&self) -> bool {
        self.all.iter().any(Value::is_null)
    }
}

fn as_number(value: &Value) -> Option<Number> {
    value.as_number().and_then(Number::from_json)
}

/// Equality of JSON Schema: numbers by value, members in any order.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => match (as_number(a), as_number(b)) {
            (Some(a), Some(b)) => a.compare(b).is_eq(),
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) minimum: Option<Limit>,
    pub(super) maximum: Option<Limit>,
    pub(super) exclusive_minimum: Option<Limit>,
    pub(super) exclusive_maximum: Option<Limit>,
    /// A whole divisor up to 2^53; others are foreign.
    pub(super) multiple_of: Option<i64>,
}

/// A bound, and how the schema writes it.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) value: Number,
    pub(super) written: String,
}

impl NumberRules {
    pub(super) fn allow(&self, number: Number) -> bool {
        let holds = |limit: &Option<Limit>, test: fn(std::cmp::Ordering) -> bool| {
            limit
                .as_ref()
                .is_none_or(|limit| test(number.compare(limit.value)))
        };
        holds(&self.minimum, std::cmp::Ordering::is_ge)
            && holds(&self.maximum, std::cmp::Ordering::is_le)
            && holds(&self.exclusive_minimum, std::cmp::Ordering::is_gt)
            && holds(&self.exclusive_maximum, std::cmp::Ordering::is_lt)
            && self
                .multiple_of
                .is_none_or(|divisor| number.is_multiple_of(divisor))
    }
}

/// A least and a greatest count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) least: Option<u64>,
    pub(super) most: Option<u64>,
}

impl Bounds {
    pub(super) fn is_open(self) -> bool {
        self.least.is_none() && self.most.is_none()
    }

    pub(super) fn allow(self, count: usize) -> bool {
        let count = count as u64;
        self.least.is_none_or(|least| count >= least) && self.most.is_none_or(|most| count <= most)
    }

    /// Counts characters (code points), as JSON Schema does.
    pub(super) fn allow_text(self, text: &str) -> bool {
        self.is_open() || self.allow(text.chars().count())
    }
}

/// How a string must look.
#[derive(Debug, Default)]
pub(super) struct TextRules {
    pub(super) format: Option<Format>,
    pub(super) pattern: Option<Pattern>,
    /// The two in words, also where `jsonschema` checks them.
    pub(super) look: Option<String>,
}

impl TextRules {
    pub(super) fn is_open(&self) -> bool {
        self.format.is_none() && self.pattern.is_none()
    }

    pub(super) fn allow(&self, text: &str) -> bool {
        self.format.is_none_or(|format| format.accepts(text))
            && self
                .pattern
                .as_ref()
                .is_none_or(|pattern| pattern.matches(text))
    }
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) prefix: Vec<NodeId>,
    pub(super) items: Option<NodeId>,
    pub(super) length: Bounds,
    /// `uniqueItems`.
    pub(super) unique: bool,
}

impl ArrayRules {
    pub(super) fn item(&self, index: usize) -> Option<NodeId> {
        self.prefix.get(index).copied().or(self.items)
    }
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// Every member the schema names, in `properties` or only in `required`.
    pub(super) properties: Vec<Property>,
    pub(super) additional: Additional,
    pub(super) size: Bounds,
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) node: NodeId,
    pub(super) required: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Additional {
    #[default]
    Any,
    None,
    Node(NodeId),
}

impl ObjectRules {
    /// The property of this name. `hint` is looked at first: members mostly come in the order of the schema.
    pub(super) fn find(&self, name: &str, hint: usize) -> Option<usize> {
        match self.properties.get(hint) {
            Some(property) if property.name == name => Some(hint),
            _ => self
                .properties
                .iter()
                .position(|property| property.name == name),
        }
    }

    pub(super) fn required_missing<'s>(
        &'s self,
        members: &'s Map<String, Value>,
    ) -> impl Iterator<Item = &'s Property> {
        self.properties
            .iter()
            .filter(|property| property.required && !members.contains_key(&property.name))
    }
}

#[derive(Debug)]
pub(super) struct Union {
    /// `oneOf` rather than `anyOf`.
    pub(super) exactly_one: bool,
    pub(super) branches: Vec<NodeId>,
    pub(super) tag: Option<Tag>,
}

/// The member that tells which branch an object belongs to: required in every branch that takes objects, with
/// values no other has.
#[derive(Debug)]
pub(super) struct Tag {
    pub(super) property: String,
    pub(super) values: Vec<(String, NodeId)>,
}

impl Tag {
    pub(super) fn branch(&self, value: &str) -> Option<NodeId> {
        self.values
            .iter()
            .find(|(tag, _)| tag == value)
            .map(|(_, branch)| *branch)
    }
}
