//! Which JSON Schema a document speaks, and whether its references are plain.

use serde_json::{Map, Value};

use super::error::{SchemaError, invalid};
use super::keyword::Keywords;
use super::path::pointer_token;

/// A generation of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Draft4,
    Draft6,
    Draft7,
    Draft201909,
    Draft202012,
}

/// The dialect that the document names; 2020-12 if it names none, as the protocol has it.
pub(super) fn draft(schema: &Map<String, Value>) -> Result<Draft, SchemaError> {
    let Some(dialect) = schema.keyword("$schema") else {
        return Ok(Draft::Draft202012);
    };
    let Some(dialect) = dialect.as_str() else {
        return Err(invalid("#/$schema", "expected a string"));
    };
    let name = dialect
        .trim_end_matches('#')
        .trim_start_matches("http://")
        .trim_start_matches("https://");
    match name {
        "json-schema.org/draft/2020-12/schema" => Ok(Draft::Draft202012),
        "json-schema.org/draft/2019-09/schema" => Ok(Draft::Draft201909),
        "json-schema.org/draft-07/schema" => Ok(Draft::Draft7),
        "json-schema.org/draft-06/schema" => Ok(Draft::Draft6),
        "json-schema.org/draft-04/schema" => Ok(Draft::Draft4),
        _ => Err(invalid(
            "#/$schema",
            format!("`{dialect}` is no dialect this server knows: leave it out for 2020-12"),
        )),
    }
}

/// The place, below this one, of a keyword by which references may mean something else than a pointer from the root.
pub(super) fn moved_reference(schema: &Map<String, Value>, is_root: bool) -> Option<String> {
    schema.iter().find_map(|(keyword, value)| {
        let moves = match (keyword.as_str(), value) {
            ("$id" | "id", Value::String(_)) => !is_root,
            ("$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$recursiveRef", Value::String(_)) => {
                true
            }
            ("$recursiveAnchor" | "$vocabulary", _) => true,
            ("$ref", Value::String(target)) => !is_pointer(target),
            ("enum" | "const" | "default" | "examples", _) => false,
            // What they hold are names, whatever else these would mean.
            (
                "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions",
                Value::Object(named),
            ) => {
                let (name, below) = named
                    .iter()
                    .find_map(|(name, schema)| Some((name, moved_below(schema)?)))?;
                return Some(format!("/{keyword}/{}{below}", pointer_token(name)));
            }
            (_, value) => {
                let below = moved_below(value)?;
                return Some(format!("/{}{below}", pointer_token(keyword)));
            }
        };
        moves.then(|| format!("/{keyword}"))
    })
}

fn moved_below(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| Some(format!("/{index}{}", moved_below(item)?))),
        Value::Object(members) => moved_reference(members, false),
        _ => None,
    }
}

/// What a schema refers to outside of it. With identifiers in it, that is not easily told, and nothing is said.
#[cfg(not(feature = "json-schema"))]
pub(super) fn remote_reference(schema: &Value) -> Option<&str> {
    let mut found = None;
    let mut rest = vec![schema];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(members) => {
                if members.contains_key("$id") {
                    return None;
                }
                found = found.or_else(|| {
                    let target = members.get("$ref")?.as_str()?;
                    (!target.starts_with('#')).then_some(target)
                });
                rest.extend(members.values());
            }
            _ => {}
        }
    }
    found
}

fn is_pointer(reference: &str) -> bool {
    (reference == "#" || reference.starts_with("#/")) && !reference.contains('%')
}
