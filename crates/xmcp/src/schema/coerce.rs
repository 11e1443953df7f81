//! What models send instead of what they were asked for, read as what they meant, where the schema leaves no doubt.

use serde_json::{Map, Value};

use super::check::DEEPEST;
use super::node::{Additional, Node, NodeId, ObjectRules, Types};

/// Rewrites the value in place; says whether anything changed.
///
/// - A string becomes the array, object, number or boolean that its text is, where the schema allows nothing but
///   that type (and `null`).
/// - `1.0` becomes `1` where only integers are allowed: serde would refuse it.
/// - `null` for a member that is neither required nor nullable is left out.
pub(super) fn coerce(nodes: &[Node], root: NodeId, value: &mut Value) -> bool {
    place(nodes, root, value, 0)
}

fn place(nodes: &[Node], id: NodeId, value: &mut Value, depth: usize) -> bool {
    let node = &nodes[id];
    if depth > DEEPEST || node.is_anything {
        return false;
    }
    let wanted = node.possible.without(Types::NULL);
    let mut changed = false;
    if let Some(meant) = meant(wanted, value) {
        *value = meant;
        changed = true;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                if let Some(id) = node.array.item(index) {
                    changed |= place(nodes, id, item, depth + 1);
                }
            }
        }
        Value::Object(members) => changed |= object(nodes, &node.object, members, depth),
        _ => {}
    }
    for id in &node.all {
        changed |= place(nodes, *id, value, depth);
    }
    for union in &node.unions {
        // Among alternatives only the tag leaves no doubt.
        let tagged = union
            .tag
            .as_ref()
            .and_then(|tag| tag.branch(value.get(&tag.property)?.as_str()?));
        if let Some(branch) = tagged {
            changed |= place(nodes, branch, value, depth);
        }
    }
    changed
}

fn object(
    nodes: &[Node],
    rules: &ObjectRules,
    members: &mut Map<String, Value>,
    depth: usize,
) -> bool {
    let before = members.len();
    members.retain(|name, value| {
        !value.is_null()
            || rules
                .properties
                .iter()
                .find(|property| property.name == *name)
                .is_none_or(|property| {
                    property.required || nodes[property.node].possible.intersects(Types::NULL)
                })
    });
    let mut changed = members.len() != before;
    for (index, (name, value)) in members.iter_mut().enumerate() {
        match (rules.find(name, index), rules.additional) {
            (Some(property), _) => {
                changed |= place(nodes, rules.properties[property].node, value, depth + 1)
            }
            (None, Additional::Node(id)) => changed |= place(nodes, id, value, depth + 1),
            (None, _) => {}
        }
    }
    changed
}

/// The value of the one wanted type that this value stands for.
fn meant(wanted: Types, value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => from_text(wanted, text),
        Value::Number(number) if wanted == Types::INTEGER && number.is_f64() => {
            whole(number.as_f64()?)
        }
        _ => None,
    }
}

fn from_text(wanted: Types, text: &str) -> Option<Value> {
    let is_container = wanted == Types::ARRAY || wanted == Types::OBJECT;
    let is_scalar = wanted == Types::INTEGER || wanted == Types::NUMBER || wanted == Types::BOOLEAN;
    // Around an array or object, space is harmless; a number with space around it was something else.
    let is_tight = text.trim_ascii().len() == text.len();
    if !(is_container || is_scalar && is_tight) {
        return None;
    }
    let value: Value = serde_json::from_str(text).ok()?;
    let is_meant = match &value {
        Value::Number(number) => {
            wanted == Types::NUMBER
                || wanted == Types::INTEGER && (number.is_i64() || number.is_u64())
        }
        other => Types::of(other) == wanted,
    };
    is_meant.then_some(value)
}

fn whole(float: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (float.fract() == 0.0 && float.abs() <= EXACT).then(|| Value::from(float as i64))
}
