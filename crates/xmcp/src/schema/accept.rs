//! The fast way: walks the text of the arguments and answers only whether they pass. It builds no value and,
//! apart from the rare text with escapes or a rule that needs a whole value, allocates nothing. Where a case is
//! rare it may say no to what is right: the slow way decides then. It never says yes to what is wrong.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::check::DEEPEST;
use super::node::{Additional, Node, NodeId, ObjectRules, Types, Union};
use super::number::Number;
use super::unique::unique;

/// Bytes that may be read again for the branches of unions, beside some for every byte of the text: unions
/// inside of unions multiply.
const BUDGET: usize = 1 << 17;

pub(super) fn accepts(nodes: &[Node], root: NodeId, lenient: bool, text: &str) -> bool {
    let budget = Cell::new(BUDGET + 32 * text.len());
    let unsure = Cell::new(false);
    let walk = Walk {
        nodes,
        lenient,
        budget: &budget,
        unsure: &unsure,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    // The arguments are an object, whatever the schema says of itself.
    let is_object = Types::of_text(text.trim_ascii_start()) == Types::OBJECT;
    is_object
        && walk.visit(root, 0).deserialize(&mut deserializer).is_ok()
        && deserializer.end().is_ok()
}

#[derive(Clone, Copy)]
struct Walk<'w> {
    nodes: &'w [Node],
    lenient: bool,
    budget: &'w Cell<usize>,
    /// Whether something was refused that the slow way might accept. To `oneOf` and `not`, a branch's no is
    /// a yes: they need to be sure.
    unsure: &'w Cell<bool>,
}

impl<'w> Walk<'w> {
    fn visit(self, id: NodeId, depth: usize) -> Visit<'w> {
        Visit {
            walk: self,
            node: &self.nodes[id],
            depth,
            own: false,
        }
    }

    /// Checks a text that is read more than once.
    fn text(self, node: &'w Node, text: &str, depth: usize) -> bool {
        let types = Types::of_text(text);
        if !node.possible.intersects(types) {
            return false;
        }
        let own = Visit {
            walk: self,
            node,
            depth,
            own: true,
        };
        (node.is_open
            || self.spend(text)
                && own
                    .deserialize(&mut serde_json::Deserializer::from_str(text))
                    .is_ok())
            && node.all.iter().all(|id| self.again(*id, text, depth))
            && node
                .unions
                .iter()
                .all(|union| self.union(union, text, depth))
            && node.not.is_none_or(|id| self.refuses(id, text, depth))
            && (!node.array.unique
                || types != Types::ARRAY
                || serde_json::from_str::<Vec<Value>>(text).is_ok_and(|items| unique(&items)))
            && node.foreign.as_ref().is_none_or(|foreign| {
                !foreign.applies.intersects(types)
                    || serde_json::from_str::<Value>(text)
                        .is_ok_and(|value| foreign.accepts(&value))
            })
    }

    fn spend(self, text: &str) -> bool {
        let left = self.budget.get().saturating_sub(text.len());
        self.budget.set(left);
        left > 0 || self.leave()
    }

    /// Leaves the decision to the slow way.
    fn leave(self) -> bool {
        self.unsure.set(true);
        false
    }

    fn again(self, id: NodeId, text: &str, depth: usize) -> bool {
        let node = &self.nodes[id];
        if node.needs_text() {
            return self.text(node, text, depth);
        }
        node.possible.intersects(Types::of_text(text))
            && self.spend(text)
            && self
                .visit(id, depth)
                .deserialize(&mut serde_json::Deserializer::from_str(text))
                .is_ok()
    }

    /// Whether it is sure that the node does not accept the text.
    fn refuses(self, id: NodeId, text: &str, depth: usize) -> bool {
        !self.again(id, text, depth) && !self.unsure.get()
    }

    fn union(self, union: &Union, text: &str, depth: usize) -> bool {
        if let Some(tag) = &union.tag
            && Types::of_text(text) == Types::OBJECT
        {
            let finder = FindTag {
                property: &tag.property,
            };
            let found = finder.deserialize(&mut serde_json::Deserializer::from_str(text));
            return match found {
                Ok(Some(value)) => tag
                    .branch(value)
                    .is_some_and(|branch| self.again(branch, text, depth)),
                Ok(None) => false,
                // Perhaps a tag with escapes.
                Err(_) => self.leave(),
            };
        }
        let mut branches = union.branches.iter();
        if !branches.any(|branch| self.again(*branch, text, depth)) {
            return false;
        }
        !union.exactly_one
            || !branches.any(|branch| self.again(*branch, text, depth)) && !self.unsure.get()
    }
}

#[derive(Clone, Copy)]
struct Visit<'w> {
    walk: Walk<'w>,
    node: &'w Node,
    depth: usize,
    /// Only the node's own rules: what it refers to is checked on the text, by the caller.
    own: bool,
}

impl<'de> DeserializeSeed<'de> for Visit<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.node.is_anything {
            return IgnoredAny::deserialize(deserializer).map(|_| ());
        }
        if !self.own && self.node.needs_text() {
            let text = <&RawValue>::deserialize(deserializer)?;
            return verdict(self.walk.text(self.node, text.get(), self.depth));
        }
        deserializer.deserialize_any(self)
    }
}

/// Why does not matter: whoever refuses asks the slow way for reasons.
fn verdict<E: de::Error>(is_accepted: bool) -> Result<(), E> {
    if is_accepted {
        Ok(())
    } else {
        Err(E::custom("refused"))
    }
}

impl Visit<'_> {
    fn number<E: de::Error>(self, number: Number) -> Result<(), E> {
        let node = self.node;
        verdict(
            node.types.intersects(Types::of_number(number))
                && node
                    .values
                    .as_ref()
                    .is_none_or(|values| values.contains_number(number))
                && node.number.allow(number),
        )
    }

    fn item<E: de::Error>(self, id: NodeId) -> Result<Self, E> {
        verdict(self.depth < DEEPEST || self.walk.leave())?;
        Ok(Self {
            node: &self.walk.nodes[id],
            depth: self.depth + 1,
            own: false,
            ..self
        })
    }
}

impl<'de> Visitor<'de> for Visit<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that the schema allows")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        let values = self.node.values.as_ref();
        verdict(
            self.node.types.intersects(Types::NULL)
                && values.is_none_or(|values| values.contains_null()),
        )
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        let values = self.node.values.as_ref();
        verdict(
            self.node.types.intersects(Types::BOOLEAN)
                && values.is_none_or(|values| values.contains_bool(value)),
        )
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.number(Number::Integer(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.number(Number::Integer(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        // `1.0` is an integer to JSON Schema and none to serde: the slow way writes it as `1`.
        let is_rewritten = self.walk.lenient && !self.node.types.intersects(Types::FRACTION);
        verdict(!is_rewritten || self.walk.leave())?;
        self.number(Number::Float(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        let node = self.node;
        verdict(
            node.types.intersects(Types::STRING)
                && node
                    .values
                    .as_ref()
                    .is_none_or(|values| values.contains_text(value))
                && node.length.allow_text(value)
                && node.text.allow(value),
        )?;
        match &node.foreign {
            Some(foreign) if !self.own && foreign.applies.intersects(Types::STRING) => {
                verdict(foreign.accepts(&Value::String(value.to_owned())))
            }
            _ => Ok(()),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let rules = &self.node.array;
        let is_simple = self.node.values.is_none();
        verdict(self.node.types.intersects(Types::ARRAY) && (is_simple || self.walk.leave()))?;
        let mut count = 0;
        loop {
            let item = match rules.item(count) {
                Some(id) => items.next_element_seed(self.item(id)?)?,
                None => items.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if item.is_none() {
                return verdict(rules.length.allow(count));
            }
            count += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let rules = &self.node.object;
        // A count of members would have to know which of them come twice.
        let is_simple = self.node.values.is_none() && rules.size.is_open();
        verdict(self.node.types.intersects(Types::OBJECT) && (is_simple || self.walk.leave()))?;
        let mut seen = Seen::new(rules.properties.len());
        let mut hint = 0;
        while let Some(found) = members.next_key_seed(Name { rules, hint })? {
            match (found, rules.additional) {
                (Some(index), _) => {
                    // Nobody has a right answer for a member that comes twice, and least of all `not`.
                    verdict(seen.insert(index) || self.walk.leave())?;
                    hint = index + 1;
                    members.next_value_seed(self.item(rules.properties[index].node)?)?;
                }
                (None, Additional::Any) => drop(members.next_value::<IgnoredAny>()?),
                (None, Additional::Node(id)) => members.next_value_seed(self.item(id)?)?,
                (None, Additional::None) => verdict(false)?,
            }
        }
        let mut properties = rules.properties.iter().enumerate();
        verdict(properties.all(|(index, property)| !property.required || seen.contains(index)))
    }
}

/// Which of the schema's properties came, without an allocation for up to 64 of them.
enum Seen {
    Few(u64),
    Many(Vec<bool>),
}

impl Seen {
    fn new(count: usize) -> Self {
        if count <= 64 {
            Self::Few(0)
        } else {
            Self::Many(vec![false; count])
        }
    }

    /// False when it came before.
    fn insert(&mut self, index: usize) -> bool {
        let is_new = !self.contains(index);
        match self {
            Self::Few(bits) => *bits |= 1 << index,
            Self::Many(flags) => flags[index] = true,
        }
        is_new
    }

    fn contains(&self, index: usize) -> bool {
        match self {
            Self::Few(bits) => bits & (1 << index) != 0,
            Self::Many(flags) => flags[index],
        }
    }
}

/// Reads a member's name as its place among the schema's properties.
struct Name<'w> {
    rules: &'w ObjectRules,
    hint: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.rules.find(name, self.hint))
    }
}

/// Looks for one member that is a string, and leaves the rest unread. That it comes twice is refused by the branch.
struct FindTag<'w> {
    property: &'w str,
}

impl<'de> DeserializeSeed<'de> for FindTag<'_> {
    type Value = Option<&'de str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FindTag<'_> {
    type Value = Option<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(is_tag) = members.next_key_seed(IsName(self.property))? {
            if is_tag {
                found = Some(members.next_value::<&'de str>()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }
}

struct IsName<'w>(&'w str);

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<bool, E> {
        Ok(name == self.0)
    }
}
