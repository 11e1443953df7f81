//! From a Rust type to the schema that is served.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::{order, portable, root};

/// The schema of a tool's arguments, as every client accepts it.
///
/// Subschemas are inlined (a recursive type keeps `$defs`), an `Option` is a property that is not required and
/// no union with `null`, Rust's number formats become ranges, unit enums with documented variants become one
/// `enum`, and every object whose members are known is closed. The root is always an object with `properties`,
/// without `$schema`, `title` or a union.
///
/// What schemars does not tell is not in the schema: a serde `alias` is an unknown member to it.
#[must_use]
pub fn input_schema<T: JsonSchema>() -> Map<String, Value> {
    input(SchemaGenerator::into_root_schema_for::<T>)
}

/// What a generator makes of a type. It is the only thing that there is a copy of for each type.
type Root = fn(SchemaGenerator) -> Schema;

fn input(root: Root) -> Map<String, Value> {
    let mut schema = generate(root, SchemaSettings::draft2020_12().for_deserialize());
    portable::input(&mut schema);
    root::name_recursion(&mut schema);
    root::fold_union(&mut schema);
    root::close(&mut schema);
    object(schema)
}

/// What a tool answers with, and whether that is an object.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputSchema {
    /// The schema of what the handler returns, as it is.
    pub(crate) schema: Map<String, Value>,
    /// Whether every such value is an object. If not, 2025-11-25 wants [`OutputSchema::wrapped`].
    pub(crate) is_object: bool,
}

impl OutputSchema {
    /// The schema of `{"result": value}`, with definitions where its references look for them.
    pub(crate) fn wrapped(&self) -> Map<String, Value> {
        let mut inner = self.schema.clone();
        let definitions = inner.shift_remove("$defs");
        let mut outer = object(json!({
            "type": "object",
            "properties": { "result": inner },
            "required": ["result"],
        }));
        if let Some(definitions) = definitions {
            outer.insert("$defs".to_owned(), definitions);
        }
        outer
    }
}

/// The schema of what a tool returns, from the type's serialize contract. Objects stay open and `null` stays
/// where it is really sent.
#[must_use]
pub(crate) fn output_schema<T: JsonSchema>() -> OutputSchema {
    output(SchemaGenerator::into_root_schema_for::<T>)
}

fn output(root: Root) -> OutputSchema {
    let mut schema = generate(root, SchemaSettings::draft2020_12().for_serialize());
    portable::output(&mut schema);
    root::name_recursion(&mut schema);
    let is_object = schema.get("type").is_some_and(|kind| kind == "object");
    OutputSchema {
        schema: object(schema),
        is_object,
    }
}

/// The schema of a form that a person fills in: each choice keeps its own title.
#[must_use]
pub(crate) fn form_schema<T: JsonSchema>() -> Map<String, Value> {
    let root: Root = SchemaGenerator::into_root_schema_for::<T>;
    let mut schema = generate(root, SchemaSettings::draft2020_12().for_deserialize());
    portable::form(&mut schema);
    root::name_recursion(&mut schema);
    object(schema)
}

fn generate(root: Root, settings: SchemaSettings) -> Value {
    let generator = settings
        .with(|settings| {
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        })
        .into_generator();
    let mut schema = root(generator);
    schema.ensure_object();
    schema.to_value()
}

/// The schema with its keywords in order: people read these, too.
fn object(mut schema: Value) -> Map<String, Value> {
    order::keywords(&mut schema);
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}
