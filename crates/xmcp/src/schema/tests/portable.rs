//! The schemas that are served, whole.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::schema::{InputCheck, OutputSchema, input_schema, output_schema};

fn input<T: JsonSchema>() -> Value {
    Value::Object(input_schema::<T>())
}

/// A place on the map
#[derive(Serialize, Deserialize, JsonSchema)]
struct Place {
    /// Degrees to the east
    longitude: f64,
    label: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
enum Size {
    Small,
    Large,
}

/// How to sort
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// Newest first
    Newest,
    /// Cheapest first
    Cheapest,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shape {
    /// Round
    Circle {
        radius: f64,
    },
    Point,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Tree {
    name: String,
    children: Vec<Tree>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Paging {
    /// At most so many
    #[serde(default)]
    limit: u8,
    cursor: Option<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Rich {
    /// Where to begin
    start: Place,
    end: Option<Place>,
    size: Option<Size>,
    order: Option<Order>,
    /// What to sort by next
    then_by: Option<Order>,
    tags: Vec<String>,
    gaps: Vec<Option<u32>>,
    counts: HashMap<String, i32>,
    by_number: BTreeMap<u64, bool>,
    pair: (u8, u8),
    mixed: (i64, String),
    shape: Shape,
    tree: Option<Tree>,
    anything: Value,
    #[schemars(range(min = 1, max = 10), extend("examples" = [3]))]
    page: usize,
    #[schemars(length(max = 3), regex(pattern = "^[a-z]+$"))]
    code: Option<String>,
    #[schemars(email)]
    email: String,
    #[serde(flatten)]
    paging: Paging,
}

#[test]
fn every_kind_of_argument_is_described_portably() {
    let place = |description: &str| {
        json!({
            "description": description,
            "type": "object",
            "properties": {
                "longitude": {"description": "Degrees to the east", "type": "number"},
                "label": {"type": "string"}
            },
            "required": ["longitude"],
            "additionalProperties": false
        })
    };
    let tree = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
        "required": ["name", "children"],
        "additionalProperties": false
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "start": place("Where to begin"),
            "end": place("A place on the map"),
            "size": {"type": "string", "enum": ["Small", "Large"]},
            "order": {
                "description": "How to sort\n\n- `newest`: Newest first\n- `cheapest`: Cheapest first",
                "type": "string",
                "enum": ["newest", "cheapest"]
            },
            "then_by": {
                "description": "What to sort by next\n\n- `newest`: Newest first\n- `cheapest`: Cheapest first",
                "type": "string",
                "enum": ["newest", "cheapest"]
            },
            "tags": {"type": "array", "items": {"type": "string"}},
            "gaps": {"type": "array", "items": {"type": ["integer", "null"], "minimum": 0, "maximum": 4_294_967_295_u32}},
            "counts": {"type": "object", "additionalProperties": {"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX}},
            "by_number": {"type": "object", "additionalProperties": {"type": "boolean"}},
            "pair": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}, "minItems": 2, "maxItems": 2},
            "mixed": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": {}, "minItems": 2, "maxItems": 2},
            "shape": {"anyOf": [
                {
                    "description": "Round",
                    "type": "object",
                    "properties": {"kind": {"type": "string", "enum": ["circle"]}, "radius": {"type": "number"}},
                    "required": ["kind", "radius"],
                    "additionalProperties": false
                },
                {
                    "type": "object",
                    "properties": {"kind": {"type": "string", "enum": ["point"]}},
                    "required": ["kind"],
                    "additionalProperties": false
                }
            ]},
            "tree": tree,
            "anything": {},
            "page": {"type": "integer", "minimum": 1, "maximum": 10, "examples": [3]},
            "code": {"type": "string", "maxLength": 3, "pattern": "^[a-z]+$"},
            "email": {"type": "string", "format": "email"},
            "limit": {"description": "At most so many", "type": "integer", "minimum": 0, "maximum": 255, "default": 0},
            "cursor": {"type": "string"}
        },
        "required": [
            "start", "tags", "gaps", "counts", "by_number", "pair", "mixed", "shape", "anything", "page", "email"
        ],
        "additionalProperties": false,
        "$defs": {"Tree": tree}
    });
    assert_eq!(input::<Rich>(), expected);
}

#[test]
fn no_arguments_are_an_empty_closed_object() {
    #[derive(JsonSchema)]
    struct Schema {}
    assert_eq!(
        input::<Schema>(),
        json!({"type": "object", "properties": {}, "additionalProperties": false})
    );
}

#[test]
fn a_type_that_contains_itself_has_a_name() {
    let tree = json!({
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
        "required": ["name", "children"],
        "additionalProperties": false
    });
    let mut expected = tree.clone();
    expected["$defs"] = json!({ "Tree": tree });
    assert_eq!(input::<Tree>(), expected);
}

#[test]
fn an_enum_flattened_into_the_root_becomes_plain_members() {
    #[derive(JsonSchema)]
    struct Schema {
        #[expect(dead_code, reason = "only its schema matters")]
        id: u8,
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its schema matters")]
        shape: Shape,
    }
    assert_eq!(
        input::<Schema>(),
        json!({
            "description": "Exactly one of these combinations: `kind` = \"circle\" with `radius`; `kind` = \"point\"",
            "type": "object",
            "properties": {
                "id": {"type": "integer", "minimum": 0, "maximum": 255},
                "kind": {"type": "string", "enum": ["circle", "point"]},
                "radius": {"type": "number"}
            },
            "required": ["id", "kind"],
            "additionalProperties": false
        })
    );
}

#[test]
fn a_flattened_map_keeps_the_object_open() {
    #[derive(JsonSchema)]
    struct Schema {
        #[expect(dead_code, reason = "only its schema matters")]
        id: String,
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its schema matters")]
        rest: HashMap<String, bool>,
    }
    assert_eq!(
        input::<Schema>(),
        json!({
            "type": "object",
            "properties": {"id": {"type": "string"}},
            "required": ["id"],
            "additionalProperties": {"type": "boolean"}
        })
    );
}

#[test]
fn an_object_beside_a_union_stays_open() {
    #[derive(JsonSchema)]
    struct Inner {
        #[expect(dead_code, reason = "only its schema matters")]
        id: String,
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its schema matters")]
        shape: Shape,
    }
    #[derive(JsonSchema)]
    struct Schema {
        #[expect(dead_code, reason = "only its schema matters")]
        inner: Inner,
    }
    let schema = input_schema::<Schema>();
    let check = InputCheck::compile(&schema, true).expect("the schema compiles");
    assert!(
        check
            .check(r#"{"inner": {"id": "x", "kind": "circle", "radius": 1}}"#)
            .is_ok()
    );
    assert!(
        check
            .check(r#"{"inner": {"id": "x", "kind": "circle"}}"#)
            .is_err()
    );
}

#[test]
fn what_serde_writes_passes_its_own_schema() {
    let rich = json!({
        "start": {"longitude": 1.5, "label": "here"}, "size": "Large", "order": "newest", "tags": ["a"], "gaps": [1, null],
        "counts": {"a": -1}, "by_number": {"7": true}, "pair": [1, 2], "mixed": [1, "x"], "shape": {"kind": "circle", "radius": 2.0},
        "tree": {"name": "a", "children": [{"name": "b", "children": []}]}, "anything": [null], "page": 3, "code": "abc",
        "email": "name@example.com", "limit": 9, "cursor": "c"
    });
    let check = InputCheck::compile(&input_schema::<Rich>(), true).expect("the schema compiles");
    assert_eq!(
        check.check(&rich.to_string()).as_deref(),
        Ok(rich.to_string().as_str())
    );
    assert!(crate::schema::deserialize::<Rich>(&rich.to_string()).is_ok());
}

#[test]
fn a_result_keeps_null_where_it_is_sent_and_stays_open() {
    #[derive(Serialize, JsonSchema)]
    struct Answer {
        count: u32,
        next: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
        order: Order,
    }
    let expected = OutputSchema {
        schema: json!({
            "type": "object",
            "properties": {
                "count": {"type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32},
                "next": {"type": ["string", "null"]},
                "note": {"type": ["string", "null"]},
                "order": {
                    "description": "How to sort\n\n- `newest`: Newest first\n- `cheapest`: Cheapest first",
                    "type": "string",
                    "enum": ["newest", "cheapest"]
                }
            },
            "required": ["count", "next", "order"]
        })
        .as_object()
        .expect("an object")
        .clone(),
        is_object: true,
    };
    assert_eq!(output_schema::<Answer>(), expected);
}

#[test]
fn a_result_that_is_no_object_can_be_wrapped() {
    let numbers = output_schema::<Vec<u8>>();
    assert!(!numbers.is_object);
    assert_eq!(
        Value::Object(numbers.wrapped()),
        json!({
            "type": "object",
            "properties": {"result": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 255}}},
            "required": ["result"]
        })
    );
    let trees = output_schema::<Vec<Tree>>().wrapped();
    assert!(trees["$defs"]["Tree"].is_object());
    assert!(trees["properties"]["result"].get("$defs").is_none());
    assert!(InputCheck::compile(&trees, true).is_ok());
}
