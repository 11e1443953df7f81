//! What is read as another type, and what is not.

use serde_json::{Value, json};

use crate::schema::{InputCheck, input_schema};

fn with(schema: Value, strict: bool, value: &str) -> Result<String, String> {
    let Value::Object(schema) =
        json!({"type": "object", "properties": {"a": schema}, "additionalProperties": false})
    else {
        panic!("a schema is an object")
    };
    let check = InputCheck::compile(&schema, strict).expect("the schema compiles");
    let arguments = format!("{{\"a\":{value}}}");
    check
        .check(&arguments)
        .map(|text| text.into_owned())
        .map_err(|violations| violations.to_string())
}

fn becomes(schema: Value, value: &str) -> Option<String> {
    let text = with(schema, false, value).ok()?;
    Some(
        text.strip_prefix("{\"a\":")
            .and_then(|text| text.strip_suffix('}'))
            .unwrap_or(&text)
            .to_owned(),
    )
}

#[test]
fn a_string_becomes_the_one_type_that_the_schema_allows() {
    let typed = |name: &str| json!({ "type": name });
    assert_eq!(becomes(typed("integer"), r#""3""#).as_deref(), Some("3"));
    assert_eq!(becomes(typed("integer"), r#""-3""#).as_deref(), Some("-3"));
    assert_eq!(becomes(typed("number"), r#""1.5""#).as_deref(), Some("1.5"));
    assert_eq!(becomes(typed("number"), r#""3""#).as_deref(), Some("3"));
    assert_eq!(
        becomes(typed("boolean"), r#""true""#).as_deref(),
        Some("true")
    );
    assert_eq!(
        becomes(typed("array"), r#""[1,\"x\"]""#).as_deref(),
        Some(r#"[1,"x"]"#)
    );
    assert_eq!(
        becomes(typed("object"), r#"" {\"b\": 1}\n""#).as_deref(),
        Some(r#"{"b":1}"#)
    );
    assert_eq!(
        becomes(json!({"type": ["integer", "null"]}), r#""3""#).as_deref(),
        Some("3")
    );
}

#[test]
fn a_string_that_is_no_such_value_is_refused() {
    let typed = |name: &str| json!({ "type": name });
    for value in [
        r#""3.0""#,
        r#"" 3""#,
        r#""3 ""#,
        r#""0x3""#,
        r#""""#,
        r#""+3""#,
        r#""1e2""#,
        r#""three""#,
        r#""null""#,
    ] {
        assert_eq!(becomes(typed("integer"), value), None, "{value}");
    }
    for value in [r#""NaN""#, r#""Infinity""#, r#""1,5""#] {
        assert_eq!(becomes(typed("number"), value), None, "{value}");
    }
    for value in [r#""True""#, r#""yes""#, r#""1""#, "1"] {
        assert_eq!(becomes(typed("boolean"), value), None, "{value}");
    }
    assert_eq!(becomes(typed("array"), r#""{}""#), None);
    assert_eq!(becomes(typed("object"), r#""[]""#), None);
    assert_eq!(
        becomes(json!({"type": ["integer", "null"]}), r#""null""#),
        None
    );
}

#[test]
fn a_string_stays_where_a_string_is_allowed() {
    assert_eq!(
        becomes(json!({"type": ["integer", "string"]}), r#""3""#).as_deref(),
        Some(r#""3""#)
    );
    assert_eq!(becomes(json!({}), r#""3""#).as_deref(), Some(r#""3""#));
    assert_eq!(
        becomes(
            json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}),
            r#""3""#
        )
        .as_deref(),
        Some(r#""3""#)
    );
    assert_eq!(
        becomes(json!({"type": ["integer", "boolean"]}), r#""3""#),
        None
    );
}

#[test]
fn coerces_inside_of_what_was_coerced_and_validates_it() {
    let schema = json!({"type": "array", "items": {"type": "integer", "minimum": 0}});
    assert_eq!(
        becomes(schema.clone(), r#""[\"1\", 2]""#).as_deref(),
        Some("[1,2]")
    );
    assert_eq!(
        with(schema, false, r#""[\"-1\"]""#),
        Err(
            "invalid arguments for this call:\n- `a[0]`: expected an integer of at least 0, got -1"
                .to_owned()
        )
    );
}

#[test]
fn coerces_in_the_variant_that_the_tag_names() {
    let schema = json!({"anyOf": [
        {"type": "object", "properties": {"kind": {"enum": ["a"]}, "n": {"type": "integer"}}, "required": ["kind", "n"]},
        {"type": "object", "properties": {"kind": {"enum": ["b"]}, "n": {"type": "string"}}, "required": ["kind", "n"]}
    ]});
    assert_eq!(
        becomes(schema.clone(), r#"{"kind":"a","n":"1"}"#).as_deref(),
        Some(r#"{"kind":"a","n":1}"#)
    );
    assert_eq!(
        becomes(schema.clone(), r#"{"kind":"b","n":"1"}"#).as_deref(),
        Some(r#"{"kind":"b","n":"1"}"#)
    );
    assert_eq!(
        becomes(schema, r#""{\"kind\":\"a\",\"n\":\"1\"}""#).as_deref(),
        Some(r#"{"kind":"a","n":1}"#)
    );
}

#[cfg(feature = "json-schema")]
#[test]
fn coerces_beside_rules_that_are_left_to_jsonschema() {
    let schema = json!({
        "type": "object",
        "properties": {"n": {"type": "integer"}, "m": {"type": "integer"}},
        "dependentRequired": {"n": ["m"]}
    });
    assert_eq!(
        becomes(schema.clone(), r#"{"n":"1","m":"2"}"#).as_deref(),
        Some(r#"{"n":1,"m":2}"#)
    );
    assert_eq!(becomes(schema, r#"{"n":"1"}"#), None);
}

#[test]
fn a_whole_float_becomes_the_integer_that_serde_wants() {
    assert_eq!(
        becomes(json!({"type": "integer"}), "1.0").as_deref(),
        Some("1")
    );
    assert_eq!(
        becomes(json!({"type": "integer"}), "-0.0").as_deref(),
        Some("0")
    );
    assert_eq!(
        becomes(json!({"type": "number"}), "1.0").as_deref(),
        Some("1.0")
    );
}

#[test]
fn null_for_an_optional_member_is_left_out() {
    assert_eq!(
        with(json!({"type": "integer"}), false, "null").as_deref(),
        Ok("{}")
    );
    assert_eq!(
        with(json!({"type": ["integer", "null"]}), false, "null").as_deref(),
        Ok("{\"a\":null}")
    );
    assert_eq!(
        with(json!({}), false, "null").as_deref(),
        Ok("{\"a\":null}")
    );
}

#[test]
fn strict_coerces_nothing() {
    for value in [r#""3""#, "null"] {
        assert!(
            with(json!({"type": "integer"}), true, value).is_err(),
            "{value}"
        );
    }
    assert_eq!(
        with(json!({"type": "integer"}), true, "1.0").as_deref(),
        Ok("{\"a\":1.0}")
    );
}

#[test]
fn what_a_derived_type_takes_in_strings_reaches_serde() {
    #[derive(Debug, PartialEq, serde::Deserialize, schemars::JsonSchema)]
    struct Schema {
        tags: Vec<String>,
        limit: Option<u32>,
        deep: bool,
    }
    let check = InputCheck::compile(&input_schema::<Schema>(), false).expect("the schema compiles");
    let text = check
        .check(r#"{"tags": "[\"a\"]", "limit": "5", "deep": "true"}"#)
        .expect("the arguments fit");
    let schema: Schema = crate::schema::deserialize(&text).expect("serde takes them");
    assert_eq!(
        schema,
        Schema {
            tags: vec!["a".to_owned()],
            limit: Some(5),
            deep: true
        }
    );
}

#[test]
fn says_what_serde_refuses_in_the_same_words() {
    #[derive(Debug, serde::Deserialize)]
    struct Schema {
        #[allow(dead_code)]
        items: Vec<Item>,
    }
    #[derive(Debug, serde::Deserialize)]
    struct Item {
        #[allow(dead_code)]
        count: u8,
    }
    let error =
        crate::schema::deserialize::<Schema>(r#"{"items": [{"count": 1}, {"count": 300}]}"#)
            .expect_err("300 is no u8");
    assert_eq!(
        error.to_string(),
        "invalid arguments for this call:\n- `items[1].count`: invalid value: integer `300`, expected u8"
    );
}
