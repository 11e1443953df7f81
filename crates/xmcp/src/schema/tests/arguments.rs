//! What is refused, and in which words.

use serde_json::{Value, json};

use crate::schema::{InputCheck, error::SchemaError};

fn check(schema: Value) -> InputCheck {
    compile(schema).expect("the schema compiles")
}

fn compile(schema: Value) -> Result<InputCheck, SchemaError> {
    let Value::Object(schema) = schema else {
        panic!("a schema is an object")
    };
    InputCheck::compile(&schema, true)
}

fn refused(schema: Value, arguments: &str) -> String {
    check(schema)
        .check(arguments)
        .expect_err("the arguments are refused")
        .to_string()
}

/// The one line that is said of a member `a` of this schema.
fn said(schema: Value, value: Value) -> String {
    let schema =
        json!({"type": "object", "properties": {"a": schema}, "additionalProperties": false});
    let text = refused(schema, &json!({ "a": value }).to_string());
    text.strip_prefix("invalid arguments for this call:\n- ")
        .expect("the first line")
        .to_owned()
}

fn person() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer", "minimum": 0},
            "color": {"type": "string", "enum": ["red", "blue", "green"]}
        },
        "required": ["name"],
        "additionalProperties": false
    })
}

#[test]
fn says_everything_that_is_wrong_at_once() {
    let text = refused(person(), r#"{"age": -3, "color": "grene", "nmae": "Ada"}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n\
         - `age`: expected an integer of at least 0, got -3\n\
         - `color`: expected one of \"red\", \"blue\", \"green\", got \"grene\": did you mean \"green\"?\n\
         - `nmae`: unknown argument, did you mean `name`?\n\
         - `name`: required, but missing"
    );
}

#[test]
fn accepts_without_copying() {
    let text = r#"{"name": "Ada", "age": 36}"#;
    let accepted = check(person()).check(text).expect("the arguments fit");
    assert!(matches!(accepted, std::borrow::Cow::Borrowed(same) if same == text));
}

#[test]
fn refuses_what_is_no_object() {
    let only = |arguments| refused(person(), arguments);
    assert_eq!(
        only("[1]"),
        "invalid arguments for this call:\n- expected an object with the arguments, got [1]"
    );
    assert_eq!(
        only("null"),
        "invalid arguments for this call:\n- expected an object with the arguments, got null"
    );
    assert_eq!(
        check(json!({}))
            .check("7")
            .expect_err("refused")
            .to_string(),
        only("7")
    );
}

#[test]
fn refuses_what_is_no_json() {
    assert!(
        refused(person(), "{\"name\": ")
            .starts_with("invalid arguments for this call:\n- cannot be read as JSON: ")
    );
    assert!(
        refused(person(), "{} {}")
            .starts_with("invalid arguments for this call:\n- cannot be read as JSON: ")
    );
}

#[test]
fn names_each_type() {
    assert_eq!(
        said(json!({"type": "string"}), json!(1)),
        "`a`: expected a string, got 1"
    );
    assert_eq!(
        said(json!({"type": "integer"}), json!(1.5)),
        "`a`: expected an integer, got 1.5"
    );
    assert_eq!(
        said(json!({"type": "number"}), json!("x")),
        "`a`: expected a number, got \"x\""
    );
    assert_eq!(
        said(json!({"type": "boolean"}), json!(0)),
        "`a`: expected true or false, got 0"
    );
    assert_eq!(
        said(json!({"type": "array"}), json!({"b": 1})),
        "`a`: expected an array, got {\"b\":1}"
    );
    assert_eq!(
        said(json!({"type": "object"}), json!([])),
        "`a`: expected an object, got []"
    );
    assert_eq!(
        said(json!({"type": "null"}), json!(false)),
        "`a`: expected null, got false"
    );
    assert_eq!(
        said(json!({"type": ["integer", "null"]}), json!("x")),
        "`a`: expected an integer or null, got \"x\""
    );
}

#[test]
fn names_each_limit() {
    let number = |rules: Value, value: Value| said(rules, value);
    assert_eq!(
        number(
            json!({"type": "integer", "minimum": 1, "maximum": 5}),
            json!(6)
        ),
        "`a`: expected an integer from 1 to 5, got 6"
    );
    assert_eq!(
        number(json!({"type": "number", "exclusiveMinimum": 0}), json!(0)),
        "`a`: expected a number above 0, got 0"
    );
    assert_eq!(
        number(
            json!({"type": "number", "exclusiveMaximum": 1.5}),
            json!(1.5)
        ),
        "`a`: expected a number below 1.5, got 1.5"
    );
    assert_eq!(
        number(json!({"type": "integer", "multipleOf": 5}), json!(7)),
        "`a`: expected an integer, a multiple of 5, got 7"
    );
    assert_eq!(
        said(json!({"type": "string", "minLength": 1}), json!("")),
        "`a`: expected a string of at least 1 character, got 0 characters: \"\""
    );
    assert_eq!(
        said(json!({"type": "array", "maxItems": 1}), json!([1, 2])),
        "`a`: expected an array of at most 1 item, got 2 items: [1,2]"
    );
    assert_eq!(
        said(
            json!({"type": "object", "minProperties": 2}),
            json!({"b": 1})
        ),
        "`a`: expected an object of at least 2 members, got 1 member: {\"b\":1}"
    );
}

#[test]
fn counts_characters_and_not_bytes() {
    let schema = json!({"properties": {"a": {"type": "string", "minLength": 2, "maxLength": 2}}});
    assert!(check(schema.clone()).check("{\"a\": \"äß\"}").is_ok());
    assert!(check(schema).check("{\"a\": \"ä\"}").is_err());
}

#[test]
fn compares_numbers_by_value() {
    let fits = |schema: Value, text: &str| {
        check(json!({"properties": {"a": schema}}))
            .check(text)
            .is_ok()
    };
    assert!(fits(json!({"type": "integer"}), "{\"a\": 1.0}"));
    assert!(fits(json!({"enum": [1]}), "{\"a\": 1.0}"));
    assert!(fits(json!({"const": 1.0}), "{\"a\": 1}"));
    assert!(fits(
        json!({"maximum": 9_007_199_254_740_993_u64}),
        "{\"a\": 9007199254740993}"
    ));
    assert!(!fits(
        json!({"maximum": 9_007_199_254_740_992_u64}),
        "{\"a\": 9007199254740993}"
    ));
    assert!(fits(json!({"minimum": 0}), "{\"a\": 18446744073709551615}"));
    assert!(!fits(
        json!({"minimum": 0}),
        "{\"a\": -9223372036854775808}"
    ));
}

#[test]
fn tells_the_path_into_arrays_and_objects() {
    let schema = json!({
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "odd key": {"type": "integer"}},
                "required": ["name"],
                "additionalProperties": false
            }}
        }
    });
    let text = refused(
        schema,
        r#"{"items": [{"name": "x"}, {"name": 1, "odd key": "y", "more": 2}]}"#,
    );
    assert_eq!(
        text,
        "invalid arguments for this call:\n\
         - `items[1].name`: expected a string, got 1\n\
         - `items[1][\"odd key\"]`: expected an integer, got \"y\"\n\
         - `items[1].more`: unknown member"
    );
}

#[test]
fn refuses_a_member_given_twice() {
    let text = refused(person(), r#"{"name": "a", "age": 1, "name": "b"}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n- `name`: given more than once"
    );
}

#[test]
fn lists_what_else_there_is_when_nothing_is_near() {
    let text = refused(person(), r#"{"name": "a", "completely_different": 1}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n- `completely_different`: unknown argument, there is also `age`, `color`"
    );
}

fn shapes() -> Value {
    json!({"properties": {"a": {"anyOf": [
        {"type": "object", "properties": {"kind": {"enum": ["circle"]}, "r": {"type": "number"}}, "required": ["kind", "r"], "additionalProperties": false},
        {"type": "object", "properties": {"kind": {"enum": ["square"]}, "side": {"type": "number"}}, "required": ["kind", "side"], "additionalProperties": false}
    ]}}})
}

#[test]
fn looks_into_the_variant_that_the_tag_names() {
    let text = refused(shapes(), r#"{"a": {"kind": "square", "r": 1}}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n\
         - `a.r`: unknown member, there is also `side`\n\
         - `a.side`: required, but missing"
    );
    let text = refused(shapes(), r#"{"a": {"kind": "triangle"}}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n- `a.kind`: expected one of \"circle\", \"square\", got \"triangle\""
    );
    let text = refused(shapes(), r#"{"a": {"side": 1}}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n- `a.kind`: required, but missing: one of \"circle\", \"square\""
    );
    let text = refused(shapes(), r#"{"a": 3}"#);
    assert_eq!(
        text,
        "invalid arguments for this call:\n- `a`: expected an object with `kind`, `r`, or an object with `kind`, `side`, got 3"
    );
}

#[test]
fn looks_into_the_only_alternative_of_the_right_type() {
    let schema = json!({"properties": {"a": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}}});
    assert_eq!(
        refused(schema.clone(), r#"{"a": 0}"#),
        "invalid arguments for this call:\n- `a`: expected an integer of at least 1, got 0"
    );
    assert_eq!(
        refused(schema, r#"{"a": true}"#),
        "invalid arguments for this call:\n- `a`: expected an integer of at least 1, or a string, got true"
    );
}

#[test]
fn follows_a_recursive_schema() {
    let schema = json!({
        "type": "object",
        "properties": {"tree": {"$ref": "#/$defs/Tree"}},
        "$defs": {"Tree": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {"$ref": "#/$defs/Tree"}}},
            "required": ["name"]
        }}
    });
    assert!(
        check(schema.clone())
            .check(r#"{"tree": {"name": "a", "children": [{"name": "b", "children": []}]}}"#)
            .is_ok()
    );
    assert_eq!(
        refused(
            schema,
            r#"{"tree": {"name": "a", "children": [{"name": "b"}, {"children": []}]}}"#
        ),
        "invalid arguments for this call:\n- `tree.children[1].name`: required, but missing"
    );
}

#[test]
fn stays_small_whatever_it_is_sent() {
    let mut members = serde_json::Map::new();
    for index in 0..1000 {
        members.insert(
            format!("{index}{}", "ü\n\"".repeat(200)),
            json!("ü".repeat(5000)),
        );
    }
    let text = refused(person(), &Value::Object(members).to_string());
    assert!(text.len() <= 2048, "{} bytes", text.len());
    assert!(text.ends_with(" more"), "{text}");
    assert!(text.lines().count() <= 10);
}

#[test]
fn cuts_values_between_characters() {
    let text = said(json!({"type": "integer"}), json!("ü".repeat(100)));
    assert_eq!(
        text,
        format!("`a`: expected an integer, got \"{}…\"", "ü".repeat(59))
    );
    let text = said(json!({"type": "integer"}), json!(vec!["ü"; 10_000]));
    assert_eq!(
        text.chars().count(),
        "`a`: expected an integer, got ".len() + 60
    );
    assert!(text.ends_with('…'));
}

#[test]
fn refuses_arguments_nested_too_deeply() {
    let deep = |levels: usize| format!("{{\"a\": {}{}}}", "[".repeat(levels), "]".repeat(levels));
    let schema = json!({"properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"anyOf": [{"type": "array", "items": {"$ref": "#/$defs/A"}}, {"type": "null"}]}}});
    assert!(check(schema.clone()).check(&deep(50)).is_ok());
    assert!(check(schema).check(&deep(100_000)).is_err());
}

#[test]
fn gives_up_on_alternatives_that_multiply() {
    let schema = json!({
        "properties": {"a": {"$ref": "#/$defs/E"}},
        "$defs": {"E": {"anyOf": [
            {"type": "object", "properties": {"e": {"$ref": "#/$defs/E"}, "x": {"type": "integer"}}, "required": ["e", "x"]},
            {"type": "object", "properties": {"e": {"$ref": "#/$defs/E"}, "y": {"type": "integer"}}, "required": ["e", "y"]},
            {"type": "null"}
        ]}}
    });
    let arguments = format!(
        "{{\"a\": {}null{}}}",
        "{\"e\":".repeat(60),
        ",\"z\":1}".repeat(60)
    );
    let text = refused(schema, &arguments);
    assert!(text.contains("too many alternatives to try"), "{text}");
}

#[test]
fn refuses_an_invalid_schema_and_says_where() {
    let error = |schema| {
        compile(schema)
            .expect_err("the schema is refused")
            .to_string()
    };
    assert_eq!(
        error(json!({"properties": {"a": {"type": "strin"}}})),
        "is invalid at `#/properties/a/type`: expected the name of a type or a list of them"
    );
    assert_eq!(
        error(json!({"required": "a"})),
        "is invalid at `#/required`: expected a list of names"
    );
    assert_eq!(
        error(json!({"properties": {"a": 1}})),
        "is invalid at `#/properties/a`: a schema is an object, `true` or `false`"
    );
    assert_eq!(
        error(json!({"minProperties": -1})),
        "is invalid at `#/minProperties`: expected a count"
    );
    assert_eq!(
        error(json!({"$ref": "#/$defs/none"})),
        "is invalid at `#/$ref`: `#/$defs/none` leads nowhere"
    );
    assert_eq!(
        error(json!({"$ref": "#"})),
        "is invalid at `#`: a subschema refers to itself without end"
    );
    assert!(
        error(json!({"$schema": "https://example.com/mine"}))
            .contains("no dialect this server knows")
    );
}
