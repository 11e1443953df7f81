//! What a hostile client can make a check cost: time that grows with the text, and no faster.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::schema::InputCheck;

/// Hundreds of times what a check of four megabytes takes, and a fraction of what it took when it was quadratic.
const PATIENCE: Duration = Duration::from_secs(30);

fn said(schema: &Value, arguments: &str) -> String {
    let schema = schema.as_object().expect("a schema is an object");
    let check = InputCheck::compile(schema, false).expect("the schema compiles");
    let start = Instant::now();
    let said = match check.check(arguments) {
        Ok(_) => "fine".to_owned(),
        Err(violations) => violations.to_string(),
    };
    let took = start.elapsed();
    assert!(took < PATIENCE, "took {took:?}");
    said
}

#[test]
fn a_long_name_is_not_read_again_for_every_place_below_it() {
    let schema = json!({
        "type": "object",
        "additionalProperties": {
            "type": "array",
            "items": {"type": "object", "properties": {"a": {"type": "integer"}}}
        }
    });
    let name = "k".repeat(2_000_000);
    let items = vec![r#"{"a":1}"#; 200_000].join(",");
    assert_eq!(
        said(
            &schema,
            &format!(r#"{{"z":[{{"a":1,"a":2}}],"{name}":[{items}]}}"#)
        ),
        "invalid arguments for this call:\n- `z[0].a`: given more than once"
    );
}

#[test]
fn alternatives_inside_of_alternatives_are_given_up_however_long_the_text_is() {
    let schema = json!({
        "type": "object",
        "properties": {"u": {"type": "array", "items": {"$ref": "#/$defs/u"}}},
        "$defs": {"u": {"anyOf": [
            {"type": "integer"},
            {"type": "object", "properties": {"x": {"type": "array", "items": {"$ref": "#/$defs/u"}}}, "required": ["x"]},
            {"type": "object", "properties": {"x": {"type": "array", "items": {"$ref": "#/$defs/u"}}, "y": {"type": "integer"}}, "required": ["x", "y"]}
        ]}}
    });
    let wrong = format!("{}true{}", r#"{"x":["#.repeat(20), "]}".repeat(20));
    let items = vec![wrong; 20_000].join(",");
    let said = said(&schema, &format!(r#"{{"u":[{items}]}}"#));
    assert!(
        said.ends_with("\n- too many alternatives to try: send something simpler"),
        "{said}"
    );
}
