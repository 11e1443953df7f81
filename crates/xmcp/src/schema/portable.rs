//! One subschema at a time, from what schemars says to what every client accepts. Children come before their
//! parents, but for `Option`: what it wraps is to be seen as if it stood there alone.

use schemars::Schema;
use schemars::transform::{ReplaceBoolSchemas, Transform, transform_subschemas};
use serde_json::{Map, Value, json};

use super::keyword::Keywords;

/// Makes the schema of arguments portable, and closes every object whose members are all known.
pub(super) fn input(schema: &mut Value) {
    apply(&mut Portable { input: true }, schema);
    close(schema, Surroundings::Whole);
}

/// Makes the schema of a result portable: nothing in it allows less than before.
pub(super) fn output(schema: &mut Value) {
    apply(&mut Portable { input: false }, schema);
}

/// Makes the schema of a form: what `Option` and Rust's numbers mean to a client, and nothing else is changed.
pub(super) fn form(schema: &mut Value) {
    if let Ok(schema) = <&mut Schema>::try_from(schema) {
        Form.transform(schema);
    }
}

struct Form;

impl Transform for Form {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            optional_without_null(object);
            formats_to_ranges(object);
        }
        transform_subschemas(self, schema);
    }
}

fn apply(transform: &mut Portable, schema: &mut Value) {
    let mut booleans = ReplaceBoolSchemas::default();
    booleans.skip_additional_properties = true;
    if let Ok(schema) = <&mut Schema>::try_from(schema) {
        booleans.transform(schema);
        transform.transform(schema);
    }
}

struct Portable {
    input: bool,
}

impl Transform for Portable {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut()
            && self.input
        {
            optional_without_null(object);
        }
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else {
            return;
        };
        formats_to_ranges(object);
        merge_constants(object);
        const_to_enum(object);
        tuple_items(object);
        number_keys(object);
        if self.input {
            one_of_to_any_of(object);
        }
    }
}

/// `format: uint32` and its kin mean nothing outside Rust, and some clients refuse the whole tool over them;
/// what they say is a range. 64 bits and more get no bounds of their own: most readers of JSON would round
/// them.
fn formats_to_ranges(schema: &mut Map<String, Value>) {
    let Some(format) = schema.keyword("format").and_then(Value::as_str) else {
        return;
    };
    let (minimum, maximum) = match format {
        "uint8" => (Some(0), Some(i64::from(u8::MAX))),
        "int8" => (Some(i64::from(i8::MIN)), Some(i64::from(i8::MAX))),
        "uint16" => (Some(0), Some(i64::from(u16::MAX))),
        "int16" => (Some(i64::from(i16::MIN)), Some(i64::from(i16::MAX))),
        "uint32" => (Some(0), Some(i64::from(u32::MAX))),
        "int32" => (Some(i64::from(i32::MIN)), Some(i64::from(i32::MAX))),
        "uint" | "uint64" | "uint128" => (Some(0), None),
        "int" | "int64" | "int128" | "float" | "double" => (None, None),
        _ => return,
    };
    schema.take_keyword("format");
    if let Some(minimum) = minimum
        && !schema.has_keyword("exclusiveMinimum")
    {
        schema.entry("minimum").or_insert(minimum.into());
    }
    if let Some(maximum) = maximum
        && !schema.has_keyword("exclusiveMaximum")
    {
        schema.entry("maximum").or_insert(maximum.into());
    }
}

/// A unit enum with documented variants is a `oneOf` of constants; clients show and obey only `enum`. The
/// documents go into the description.
fn merge_constants(schema: &mut Map<String, Value>) {
    if schema.has_keyword("type") || schema.has_keyword("enum") || schema.has_keyword("const") {
        return;
    }
    let Some(keyword) = ["oneOf", "anyOf"]
        .into_iter()
        .find(|keyword| schema.has_keyword(keyword))
    else {
        return;
    };
    let Some(branches) = schema.keyword(keyword).and_then(Value::as_array) else {
        return;
    };
    let mut kind = None;
    let mut values: Vec<Value> = Vec::new();
    let mut documents = Vec::new();
    for branch in branches {
        let Some(branch) = branch.as_object() else {
            return;
        };
        if branch
            .keys()
            .any(|key| !["type", "const", "enum", "description", "title"].contains(&key.as_str()))
        {
            return;
        }
        let Some(branch_kind) = branch.get("type").filter(|kind| kind.is_string()) else {
            return;
        };
        if *kind.get_or_insert(branch_kind) != branch_kind {
            return;
        }
        let Some(constants) = constants(branch) else {
            return;
        };
        if let (Some(description), [constant]) =
            (branch.get("description").and_then(Value::as_str), constants)
        {
            let name = constant
                .as_str()
                .map_or_else(|| constant.to_string(), str::to_owned);
            documents.push(format!("- `{name}`: {}", description.replace('\n', " ")));
        }
        values.extend(constants.iter().cloned());
    }
    let Some(kind) = kind.cloned() else { return };
    let documents = documents.join("\n");
    let description = match schema.keyword("description").and_then(Value::as_str) {
        Some(own) if documents.is_empty() => own.to_owned(),
        Some(own) => format!("{own}\n\n{documents}"),
        None => documents,
    };
    schema.take_keyword(keyword);
    if !description.is_empty() {
        schema.insert("description".to_owned(), description.into());
    }
    schema.insert("type".to_owned(), kind);
    schema.insert("enum".to_owned(), Value::Array(values));
}

fn constants(schema: &Map<String, Value>) -> Option<&[Value]> {
    match (schema.keyword("const"), schema.keyword("enum")) {
        (Some(constant), None) => Some(std::slice::from_ref(constant)),
        (None, Some(Value::Array(values))) => Some(values),
        _ => None,
    }
}

/// `const`, the tag of an enum's variant, is unknown to some clients; `enum` with one value is not.
fn const_to_enum(schema: &mut Map<String, Value>) {
    if schema.has_keyword("enum") {
        return;
    }
    if let Some(constant) = schema.take_keyword("const") {
        schema.insert("enum".to_owned(), Value::Array(vec![constant]));
    }
}

/// Some clients refuse an array without `items`. A tuple of one type gets it instead of `prefixItems`, any
/// other beside it.
fn tuple_items(schema: &mut Map<String, Value>) {
    let is_array = schema.keyword("type").is_some_and(|kind| kind == "array");
    if !is_array || schema.has_keyword("items") {
        return;
    }
    let Some(Value::Array(prefix)) = schema.keyword("prefixItems") else {
        schema.insert("items".to_owned(), json!({}));
        return;
    };
    let bounded = schema.keyword("maxItems").and_then(Value::as_u64) == Some(prefix.len() as u64);
    let items = match prefix.split_first() {
        Some((first, rest)) if bounded && rest.iter().all(|item| item == first) => {
            Some(first.clone())
        }
        _ => None,
    };
    match items {
        Some(items) => {
            schema.take_keyword("prefixItems");
            schema.insert("items".to_owned(), items);
        }
        None => {
            schema.insert("items".to_owned(), json!({}));
        }
    }
}

/// A map with numbers as keys is `patternProperties` to schemars; clients know `additionalProperties`, and
/// serde checks the keys.
fn number_keys(schema: &mut Map<String, Value>) {
    let closed = schema.keyword("additionalProperties") == Some(&Value::Bool(false));
    let has_members = schema.has_keyword("properties");
    let Some(Value::Object(patterns)) = schema.keyword("patternProperties") else {
        return;
    };
    let Some((pattern, values)) = patterns.iter().next() else {
        return;
    };
    if !closed
        || has_members
        || patterns.len() != 1
        || !(pattern == "^\\d+$" || pattern == "^-?\\d+$")
    {
        return;
    }
    let values = values.clone();
    schema.take_keyword("patternProperties");
    schema.insert("additionalProperties".to_owned(), values);
}

/// `Option<T>` says "not required"; the union with `null` beside it makes clients refuse the tool.
fn optional_without_null(schema: &mut Map<String, Value>) {
    let required: Vec<String> = match schema.keyword("required") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for (name, property) in properties {
        if let Value::Object(property) = property
            && !required.contains(name)
        {
            without_null(property);
        }
    }
}

fn without_null(schema: &mut Map<String, Value>) {
    if schema.keyword("default") == Some(&Value::Null) {
        schema.take_keyword("default");
    }
    if let Some(Value::Array(types)) = schema.get_mut("type")
        && types.len() > 1
    {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum")
        && values.len() > 1
    {
        values.retain(|value| !value.is_null());
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(keyword) else {
            continue;
        };
        let before = branches.len();
        branches.retain(|branch| branch.get("type").is_none_or(|kind| kind != "null"));
        if branches.len() == before || branches.len() != 1 {
            continue;
        }
        // What stood around the union (a field's own document) wins over what the type says of itself.
        if let Some(Value::Object(only)) = branches.pop() {
            schema.take_keyword(keyword);
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
    }
}

/// The variants of a serde enum are tried in order, which is `anyOf`; `oneOf` is refused by clients that know
/// only the former.
fn one_of_to_any_of(schema: &mut Map<String, Value>) {
    if schema.has_keyword("anyOf") {
        return;
    }
    if let Some(branches) = schema.take_keyword("oneOf") {
        schema.insert("anyOf".to_owned(), branches);
    }
}

/// Where a subschema stands: as a whole value, or as a part of an object that others describe too.
#[derive(Clone, Copy, PartialEq)]
enum Surroundings {
    Whole,
    Part,
}

/// Says `additionalProperties: false` on every object that lists its members and is alone in doing so. serde
/// ignores unknown members by default; a model that misspells an optional argument would never learn of it.
fn close(schema: &mut Value, surroundings: Surroundings) {
    let Value::Object(object) = schema else {
        return;
    };
    let lists_members = object.has_keyword("properties");
    let combined = [
        "oneOf",
        "anyOf",
        "allOf",
        "if",
        "then",
        "else",
        "not",
        "$ref",
        "dependentSchemas",
    ]
    .iter()
    .any(|keyword| object.has_keyword(keyword));
    let explicit = [
        "additionalProperties",
        "patternProperties",
        "unevaluatedProperties",
    ]
    .iter()
    .any(|keyword| object.has_keyword(keyword));
    if lists_members && !combined && !explicit && surroundings == Surroundings::Whole {
        object.insert("additionalProperties".to_owned(), false.into());
    }
    let parts = if lists_members {
        Surroundings::Part
    } else {
        surroundings
    };
    for (keyword, value) in object {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(members)) => {
                members
                    .values_mut()
                    .for_each(|member| close(member, Surroundings::Whole));
            }
            ("items" | "additionalProperties" | "contains", value) => {
                close(value, Surroundings::Whole)
            }
            ("prefixItems", Value::Array(items)) => {
                items
                    .iter_mut()
                    .for_each(|item| close(item, Surroundings::Whole));
            }
            ("oneOf" | "anyOf", Value::Array(branches)) => {
                branches.iter_mut().for_each(|branch| close(branch, parts));
            }
            ("allOf", Value::Array(branches)) => {
                branches
                    .iter_mut()
                    .for_each(|branch| close(branch, Surroundings::Part));
            }
            ("if" | "then" | "else" | "not", value) => close(value, Surroundings::Part),
            _ => {}
        }
    }
}
