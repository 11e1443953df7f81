//! The order of a schema's keywords, for people who read it: schemars' own, in which the description comes first.

use serde_json::{Map, Value};

const FIRST: [&str; 7] = [
    "$id",
    "$schema",
    "title",
    "description",
    "type",
    "format",
    "properties",
];
const LAST: [&str; 2] = ["$defs", "definitions"];

/// Brings the keywords of a schema and of all below it into order.
pub(super) fn keywords(schema: &mut Value) {
    match schema {
        Value::Array(schemas) => schemas.iter_mut().for_each(keywords),
        Value::Object(schema) => {
            if !schema.keys().is_sorted_by_key(|keyword| rank(keyword)) {
                reorder(schema);
            }
            for (keyword, value) in schema {
                below(keyword, value);
            }
        }
        _ => {}
    }
}

fn below(keyword: &str, value: &mut Value) {
    match keyword {
        // Plain values, whatever their members are called.
        "examples" | "default" => {}
        extension if extension.starts_with("x-") => {}
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
            match value {
                Value::Object(named) => named.values_mut().for_each(keywords),
                other => keywords(other),
            }
        }
        _ => keywords(value),
    }
}

fn reorder(schema: &mut Map<String, Value>) {
    let mut members: Vec<(String, Value)> = std::mem::take(schema).into_iter().collect();
    members.sort_by_key(|(keyword, _)| rank(keyword));
    schema.extend(members);
}

/// Between the first and the last, keywords stay as they come.
fn rank(keyword: &str) -> usize {
    let place = |list: &[&str]| list.iter().position(|name| *name == keyword);
    let last = || place(&LAST).map(|place| FIRST.len() + 1 + place);
    place(&FIRST).or_else(last).unwrap_or(FIRST.len())
}

#[cfg(test)]
mod tests {
    use schemars::Schema;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_is_the_one_in_which_schemars_writes() {
        let unordered = json!({
            "required": ["type"],
            "$defs": { "b": { "type": "string", "description": "B" }, "a": true },
            "properties": {
                "type": { "format": "date", "minLength": 1, "type": "string", "title": "T" },
                "properties": { "items": { "enum": [1], "type": "integer" }, "type": "array" },
                "description": { "default": { "type": 1, "description": 2 }, "description": "D" },
            },
            "anyOf": [{ "maximum": 2, "type": "integer" }, false],
            "additionalProperties": { "x-own": { "b": 1, "type": 2 }, "type": "object" },
            "patternProperties": { "^type$": { "b": {}, "type": "null" } },
            "definitions": { "title": { "not": {}, "title": "N" } },
            "const": { "z": 1, "type": 2 },
            "type": "object",
            "description": "Whole",
            "$schema": "s",
            "$id": "i",
        });
        let schema = Schema::try_from(unordered.clone()).expect("it is a schema");
        let mut ordered = unordered.clone();
        keywords(&mut ordered);
        let expected = serde_json::to_string(&schema).expect("it is written");
        assert_eq!(ordered.to_string(), expected);
        assert_ne!(ordered.to_string(), unordered.to_string());
    }
}
