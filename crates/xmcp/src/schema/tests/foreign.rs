//! Patterns, formats and the keywords that tools rarely use, most of which are left to `jsonschema`.

use serde_json::{Value, json};

use crate::schema::{InputCheck, error::SchemaError};

fn compile(schema: Value) -> Result<InputCheck, SchemaError> {
    let Value::Object(schema) = schema else {
        panic!("a schema is an object")
    };
    InputCheck::compile(&schema, true)
}

/// What is said of a member `a`, or nothing when it fits.
fn said(schema: Value, value: Value) -> Option<String> {
    let check = compile(json!({"type": "object", "properties": {"a": schema}}))
        .expect("the schema compiles");
    let text = check
        .check(&json!({ "a": value }).to_string())
        .err()?
        .to_string();
    Some(
        text.strip_prefix("invalid arguments for this call:\n- ")
            .expect("the first line")
            .to_owned(),
    )
}

#[test]
fn asserts_formats() {
    for (format, good, bad) in [
        ("date-time", "2026-01-31T12:00:00Z", "yesterday"),
        ("date", "2026-01-31", "2026-02-31"),
        ("time", "12:00:00Z", "noon"),
        ("duration", "P1DT12H", "1 day"),
        ("email", "name@example.com", "name"),
        ("hostname", "www.example.com", "-example-"),
        ("ipv4", "192.0.2.1", "192.0.2.256"),
        ("ipv6", "2001:db8::1", "2001"),
        ("uri", "https://example.com/path", "example"),
        ("uuid", "3f2b8c1e-5d4a-4c6f-9b7e-1a2d3c4e5f60", "3f2b8c1e"),
        #[cfg(feature = "json-schema")]
        ("regex", "^[a-z]+$", "[a"),
    ] {
        let schema = json!({"type": "string", "format": format});
        assert_eq!(said(schema.clone(), json!(good)), None, "{format}");
        let text = said(schema, json!(bad)).expect(format);
        assert!(
            text.starts_with("`a`: expected a") && text.ends_with(&format!(", got {}", json!(bad))),
            "{text}"
        );
    }
    assert_eq!(
        said(
            json!({"type": "string", "format": "of-our-own"}),
            json!("anything")
        ),
        None
    );
}

#[test]
fn shows_what_a_format_looks_like() {
    assert_eq!(
        said(
            json!({"type": "string", "format": "date-time"}),
            json!("yesterday")
        )
        .as_deref(),
        Some("`a`: expected a date-time like \"2026-01-31T12:00:00Z\", got \"yesterday\"")
    );
    assert_eq!(
        said(
            json!({"type": "string", "pattern": "^a+$", "maxLength": 3}),
            json!("b")
        )
        .as_deref(),
        Some("`a`: expected a string that matches `^a+$`, got \"b\"")
    );
    assert_eq!(
        said(
            json!({"type": "string", "pattern": "^a+$", "maxLength": 3}),
            json!(1)
        )
        .as_deref(),
        Some("`a`: expected a string that matches `^a+$` of at most 3 characters, got 1")
    );
}

#[test]
fn refuses_a_pattern_that_could_explode() {
    let error = compile(json!({"properties": {"a": {"type": "string", "pattern": "^(?=a)b"}}}))
        .expect_err("look-ahead is refused");
    assert_eq!(
        error.to_string(),
        "is invalid at `#/properties/a/pattern`: \"^(?=a)b\" is no pattern that is matched in linear time: write it without look-ahead, \
         look-behind and back-references"
    );
}

#[test]
fn matches_patterns_in_linear_time() {
    let text = "a".repeat(50_000) + "!";
    assert!(said(json!({"type": "string", "pattern": "^(a+)+$"}), json!(text)).is_some());
}

#[test]
fn checks_rare_keywords_where_they_stand() {
    assert_eq!(
        said(json!({"type": "array", "uniqueItems": true}), json!([1, 1])).as_deref(),
        Some("`a`: expected no item twice, got [1,1]")
    );
    assert_eq!(said(json!({"not": {"type": "string"}}), json!(1)), None);
    assert_eq!(
        said(json!({"not": {"const": 0}}), json!(0)).as_deref(),
        Some("`a`: expected anything but 0, got 0")
    );
}

#[cfg(feature = "json-schema")]
#[test]
fn checks_what_only_the_feature_knows_where_it_stands() {
    assert_eq!(
        said(json!({"type": "number", "multipleOf": 0.1}), json!(0.25)).as_deref(),
        Some("`a`: expected a multiple of 0.1, got 0.25")
    );
    assert_eq!(
        said(json!({"type": "number", "multipleOf": 0.1}), json!(0.3)),
        None
    );
    assert_eq!(
        said(
            json!({"type": "string", "pattern": r"^\p{Lu}\b"}),
            json!("Ä")
        ),
        None
    );
    assert!(
        said(
            json!({"type": "string", "pattern": r"^\p{Lu}\b"}),
            json!("ä")
        )
        .is_some()
    );
    assert_eq!(
        said(json!({"if": {"required": ["b"]}, "then": {"required": ["c"]}, "additionalProperties": {"type": "integer"}}), json!({"b": 1})).as_deref(),
        Some("`a`: `c` is required, but missing")
    );
    assert!(
        said(
            json!({"patternProperties": {"^x": {"type": "integer"}}}),
            json!({"x": "1"})
        )
        .is_some()
    );
}

#[test]
fn resolves_references_from_inside_of_a_foreign_place() {
    let check = compile(json!({
        "properties": {"a": {"not": {"$ref": "#/$defs/Text"}}, "b/c": {"not": {"$ref": "#/$defs/Text"}}},
        "$defs": {"Text": {"type": "string"}}
    }))
    .expect("the schema compiles");
    assert!(check.check(r#"{"a": 1, "b/c": 2}"#).is_ok());
    assert!(check.check(r#"{"a": "x"}"#).is_err());
    assert!(check.check(r#"{"b/c": "x"}"#).is_err());
}

#[cfg(feature = "json-schema")]
#[test]
fn resolves_anchors_and_identifiers_within_the_document() {
    let check = compile(json!({
        "type": "object",
        "properties": {"a": {"$ref": "#word"}, "b": {"$ref": "https://example.com/number"}},
        "$defs": {
            "Word": {"$anchor": "word", "type": "string"},
            "Number": {"$id": "https://example.com/number", "type": "integer"}
        }
    }))
    .expect("the schema compiles");
    assert!(check.check(r#"{"a": "x", "b": 1}"#).is_ok());
    assert!(check.check(r#"{"a": 1}"#).is_err());
    assert!(check.check(r#"{"b": "x"}"#).is_err());
}

#[test]
fn refuses_a_remote_reference_and_names_it() {
    let error = compile(json!({"properties": {"a": {"$ref": "https://example.com/other.json"}}}))
        .expect_err("nothing is fetched");
    assert_eq!(
        error,
        SchemaError::RemoteReference {
            uri: "https://example.com/other.json".to_owned()
        }
    );
    let error = compile(json!({"properties": {"a": {"$ref": "other.json#/x"}}}))
        .expect_err("nothing is fetched");
    assert!(error.to_string().contains("other.json"), "{error}");
}

#[cfg(feature = "json-schema")]
#[test]
fn understands_the_dialect_that_the_schema_names() {
    let check = compile(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": {"a": {"type": "array", "items": [{"type": "integer"}], "additionalItems": false}, "b": {"$ref": "#/definitions/B"}},
        "definitions": {"B": {"type": "string", "maxLength": 1}}
    }))
    .expect("the schema compiles");
    assert!(check.check(r#"{"a": [1], "b": "x"}"#).is_ok());
    assert!(check.check(r#"{"a": [1, 2]}"#).is_err());
    assert!(check.check(r#"{"b": "xx"}"#).is_err());
}

/// Nothing is promised that is not kept.
#[cfg(not(feature = "json-schema"))]
#[test]
fn what_takes_the_feature_is_refused_with_its_place() {
    for (schema, keyword, place) in [
        (json!({"if": {}, "then": {}}), "if", "#/properties/a/if"),
        (
            json!({"patternProperties": {"^x": {}}}),
            "patternProperties",
            "#/properties/a/patternProperties",
        ),
        (
            json!({"multipleOf": 0.1}),
            "multipleOf: 0.1",
            "#/properties/a/multipleOf",
        ),
        (
            json!({"format": "regex"}),
            "format: \"regex\"",
            "#/properties/a/format",
        ),
        (
            json!({"pattern": r"\p{Lu}"}),
            r#"pattern: "\\p{Lu}""#,
            "#/properties/a/pattern",
        ),
        (json!({"$anchor": "a"}), "$anchor", "#/properties/a/$anchor"),
        (
            json!({"enum": [1], "const": 1}),
            "const",
            "#/properties/a/const",
        ),
    ] {
        let error = compile(json!({"type": "object", "properties": {"a": schema}}))
            .expect_err("it is not enforced");
        assert_eq!(
            error.to_string(),
            format!(
                "has `{keyword}` at `{place}`, which takes the feature `json-schema`: add it to those of `xmcp` in \
                 Cargo.toml, as in `features = [\"json-schema\"]`, or say it in another way"
            )
        );
    }
    let error = compile(json!({"$schema": "http://json-schema.org/draft-07/schema#"}))
        .expect_err("its keywords mean something else");
    let said = error.to_string();
    assert!(
        said.starts_with("has `$schema` at `#/$schema`, which takes the feature"),
        "{said}"
    );
}

#[test]
fn a_member_that_is_called_like_a_keyword_is_a_schema_all_the_same() {
    for name in ["default", "examples", "const", "enum"] {
        let refused_or_kept = compile(json!({
            "properties": {name: {"$dynamicRef": "#/$defs/word"}},
            "$defs": {"word": {"type": "string"}},
        }));
        match refused_or_kept {
            #[cfg(not(feature = "json-schema"))]
            Err(SchemaError::NeedsFeature { place, .. }) => {
                assert_eq!(place, format!("#/properties/{name}/$dynamicRef"));
            }
            Err(error) => panic!("{name}: {error}"),
            Ok(check) => {
                assert!(check.check(&json!({ name: "a" }).to_string()).is_ok());
                assert!(check.check(&json!({ name: 3 }).to_string()).is_err());
            }
        }
    }
}
