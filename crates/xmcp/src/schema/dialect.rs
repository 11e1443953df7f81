//! Which JSON Schema a document speaks, and whether its references are plain.

use jsonschema::Draft;
use serde_json::{Map, Value};

use super::error::{SchemaError, invalid};

/// The dialect that the document names; 2020-12 if it names none, as the protocol has it.
pub(super) fn draft(schema: &Map<String, Value>) -> Result<Draft, SchemaError> {
    let Some(dialect) = schema.get("$schema") else {
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

/// Whether references in here may mean something else than a pointer from the root.
pub(super) fn moves_references(schema: &Value, is_root: bool) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(|item| moves_references(item, false)),
        Value::Object(object) => {
            object
                .iter()
                .any(|(keyword, value)| match (keyword.as_str(), value) {
                    ("$id" | "id", Value::String(_)) => !is_root,
                    (
                        "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "$recursiveRef",
                        Value::String(_),
                    ) => true,
                    ("$recursiveAnchor" | "$vocabulary", _) => true,
                    ("$ref", Value::String(target)) => !is_pointer(target),
                    ("enum" | "const" | "default" | "examples", _) => false,
                    (_, value) => moves_references(value, false),
                })
        }
        _ => false,
    }
}

fn is_pointer(reference: &str) -> bool {
    (reference == "#" || reference.starts_with("#/")) && !reference.contains('%')
}
