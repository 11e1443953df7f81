//! What handlers take, as a schema and as a check.

use serde_json::{Map, Value, json};

use crate::{codegen::Input, dynamic::Takes, schema::InputCheck};

/// How arguments are read.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    /// Whether they must have the schema's types as sent.
    pub(super) strict: bool,
}

/// A schema, and what checks it.
pub(super) fn compile(
    input: Input,
    rules: Rules,
) -> Result<(Map<String, Value>, InputCheck), String> {
    let schema = match input {
        Input::None => nothing(),
        Input::Schema(schema) => schema(),
        Input::Raw(schema) => object(schema())?,
    };
    checked(schema, rules)
}

/// The same of what is made at run time.
pub(super) fn compile_dynamic(
    takes: Takes,
    rules: Rules,
) -> Result<(Map<String, Value>, InputCheck), String> {
    let schema = match takes {
        Takes::Nothing => nothing(),
        Takes::Type(schema) => schema,
        Takes::Schema(schema) => object(schema)?,
    };
    checked(schema, rules)
}

fn checked(
    schema: Map<String, Value>,
    rules: Rules,
) -> Result<(Map<String, Value>, InputCheck), String> {
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err("does not say `\"type\": \"object\"`: arguments are always an object, so `Schema` must be a struct with named fields".to_owned());
    }
    let check = InputCheck::compile(&schema, rules.strict).map_err(|error| error.to_string())?;
    Ok((schema, check))
}

/// The schema of no arguments.
fn nothing() -> Map<String, Value> {
    match json!({ "type": "object", "properties": {}, "additionalProperties": false }) {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn object(schema: Value) -> Result<Map<String, Value>, String> {
    match schema {
        Value::Object(schema) => Ok(schema),
        _ => Err("is not a JSON object: return one from `schema()`".to_owned()),
    }
}

/// The values of a member that takes one of a list of texts: those that complete themselves.
pub(super) fn choices(schema: &Value) -> Vec<String> {
    let texts = |values: &Value| -> Vec<String> {
        let values = values.as_array().into_iter().flatten();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    if let Some(values) = schema.get("enum") {
        return texts(values);
    }
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    let branches = branches.and_then(Value::as_array).into_iter().flatten();
    branches
        .flat_map(|branch| match (branch.get("const"), branch.get("enum")) {
            (Some(Value::String(value)), _) => vec![value.clone()],
            (_, Some(values)) => texts(values),
            _ => Vec::new(),
        })
        .collect()
}

/// Whether a member of this schema is text.
pub(super) fn is_text(schema: &Value) -> bool {
    let is_string = |value: &Value| value.as_str() == Some("string");
    if schema.get("type").is_some_and(is_string) {
        return true;
    }
    let all = |values: &Value, fits: &dyn Fn(&Value) -> bool| {
        values
            .as_array()
            .is_some_and(|values| !values.is_empty() && values.iter().all(fits))
    };
    let is_value = |value: &Value| value.is_string();
    if schema.get("const").is_some_and(is_value) {
        return true;
    }
    if schema
        .get("enum")
        .is_some_and(|values| all(values, &is_value))
    {
        return true;
    }
    ["oneOf", "anyOf"].iter().any(|keyword| {
        schema
            .get(keyword)
            .is_some_and(|branches| all(branches, &is_text))
    })
}
