//! What a schema asks for, in a few words.

use super::node::{Additional, Bounds, Node, Types, Values};
use super::violations::{self, excerpt};

/// Values of an `enum` that are named before it gets too long.
const MOST_VALUES: usize = 12;

/// "an integer from 0 to 10", "one of \"red\", \"blue\"", "a string of at most 3 characters or null".
pub(super) fn expectation(nodes: &[Node], node: &Node) -> String {
    describe(nodes, node, 0)
}

fn describe(nodes: &[Node], node: &Node, depth: usize) -> String {
    if let Some(values) = &node.values {
        return one_of(values);
    }
    if node.types == Types::ALL && depth < 3 {
        let next = node.all.iter().map(|id| &nodes[*id]).next();
        if let Some(union) = node.unions.first() {
            let mut branches: Vec<String> = union
                .branches
                .iter()
                .map(|id| describe(nodes, &nodes[*id], depth + 1))
                .collect();
            branches.dedup();
            return either(&branches);
        }
        if let Some(next) = next {
            return describe(nodes, next, depth + 1);
        }
    }
    let mut kinds = Vec::new();
    let types = node.types.intersection(node.possible);
    if types == Types::ALL {
        return match &node.text.look {
            Some(look) => look.clone(),
            None => "another value".to_owned(),
        };
    }
    if types.intersects(Types::STRING) {
        kinds.push(string(node));
    }
    if types.intersects(Types::INTEGER) {
        kinds.push(number(node, types));
    }
    if types.intersects(Types::BOOLEAN) {
        kinds.push("true or false".to_owned());
    }
    if types.intersects(Types::ARRAY) {
        kinds.push(format!(
            "an array{}",
            counted(node.array.length, "item", "items")
        ));
    }
    if types.intersects(Types::OBJECT) {
        kinds.push(object(node));
    }
    if types.intersects(Types::NULL) {
        kinds.push("null".to_owned());
    }
    if kinds.is_empty() {
        return "no value here".to_owned();
    }
    either(&kinds)
}

fn one_of(values: &Values) -> String {
    let mut texts: Vec<String> = values.all.iter().take(MOST_VALUES).map(excerpt).collect();
    match (texts.as_slice(), values.all.len()) {
        ([], _) => return "no value here".to_owned(),
        ([only], _) => return only.clone(),
        (_, count) if count > MOST_VALUES => {
            texts.push(format!("… ({} more)", count - MOST_VALUES))
        }
        _ => {}
    }
    format!("one of {}", texts.join(", "))
}

fn string(node: &Node) -> String {
    let count = counted(node.length, "character", "characters");
    match &node.text.look {
        Some(look) => format!("{look}{count}"),
        None => format!("a string{count}"),
    }
}

fn number(node: &Node, types: Types) -> String {
    let rules = &node.number;
    let mut text = if types.intersects(Types::FRACTION) {
        "a number"
    } else {
        "an integer"
    }
    .to_owned();
    match (&rules.minimum, &rules.maximum) {
        (Some(minimum), Some(maximum)) => {
            text.push_str(&format!(" from {} to {}", minimum.written, maximum.written))
        }
        (Some(minimum), None) => text.push_str(&format!(" of at least {}", minimum.written)),
        (None, Some(maximum)) => text.push_str(&format!(" of at most {}", maximum.written)),
        (None, None) => {}
    }
    match (&rules.exclusive_minimum, &rules.exclusive_maximum) {
        (Some(minimum), Some(maximum)) => text.push_str(&format!(
            " above {} and below {}",
            minimum.written, maximum.written
        )),
        (Some(minimum), None) => text.push_str(&format!(" above {}", minimum.written)),
        (None, Some(maximum)) => text.push_str(&format!(" below {}", maximum.written)),
        (None, None) => {}
    }
    if let Some(divisor) = rules.multiple_of {
        text.push_str(&format!(", a multiple of {divisor}"));
    }
    text
}

fn object(node: &Node) -> String {
    let rules = &node.object;
    let required: Vec<String> = rules
        .properties
        .iter()
        .filter(|property| property.required)
        .take(4)
        .map(|property| format!("`{}`", violations::cut(&property.name, violations::EXCERPT)))
        .collect();
    let size = counted(rules.size, "member", "members");
    match required.as_slice() {
        [] if rules.additional == Additional::None && rules.properties.is_empty() => {
            "an empty object".to_owned()
        }
        [] => format!("an object{size}"),
        names => format!("an object{size} with {}", names.join(", ")),
    }
}

fn counted(bounds: Bounds, one: &str, many: &str) -> String {
    let noun = |count: u64| if count == 1 { one } else { many };
    match (bounds.least, bounds.most) {
        (None, None) => String::new(),
        (Some(least), Some(most)) if least == most => {
            format!(" of exactly {least} {}", noun(least))
        }
        (Some(least), Some(most)) => format!(" of {least} to {most} {}", noun(most)),
        (Some(least), None) => format!(" of at least {least} {}", noun(least)),
        (None, Some(most)) => format!(" of at most {most} {}", noun(most)),
    }
}

fn either(kinds: &[String]) -> String {
    match kinds.split_last() {
        None => "another value".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}
