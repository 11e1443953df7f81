//! What a hostile client can make a check cost: time that grows with the text, and no faster.
//!
//! Time is the thread's own on the processor, so that a machine with much else to do changes nothing; and what counts is how it grows
//! from one text to one of four times the length, so that a slow machine changes nothing either.

use serde_json::{Value, json};

use crate::schema::InputCheck;

/// How much longer a check may take for a text of four times the length: four times when it grows with the text, sixteen times when
/// it is quadratic.
const GROWTH: f64 = 9.0;

/// Nanoseconds that this thread has been at work for.
#[cfg(unix)]
fn worked() -> f64 {
    use rustix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// What is checked in this way is the same everywhere, so one kind of system that can measure it is enough.
#[cfg(not(unix))]
fn worked() -> f64 {
    0.0
}

/// What is said of a text of a length. That of four times the length is checked for as well.
fn said(schema: &Value, length: usize, text: impl Fn(usize) -> String) -> String {
    let schema = schema.as_object().expect("a schema is an object");
    let check = InputCheck::compile(schema, false).expect("the schema compiles");
    let effort = |text: &str| {
        let start = worked();
        let said = match check.check(text) {
            Ok(_) => "fine".to_owned(),
            Err(violations) => violations.to_string(),
        };
        (worked() - start, said)
    };
    // The least of several: what disturbs one only ever adds to it.
    let least = |text: &str| {
        let efforts = (0..3).map(|_| effort(text).0);
        efforts.fold(f64::INFINITY, f64::min)
    };
    let (short, long) = (text(length), text(4 * length));
    let (less, more) = (least(&short), least(&long));
    assert!(more <= GROWTH * less, "from {less} ns to {more} ns");
    effort(&long).1
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
    let text = |length: usize| {
        let name = "k".repeat(10 * length);
        let items = vec![r#"{"a":1}"#; length].join(",");
        format!(r#"{{"z":[{{"a":1,"a":2}}],"{name}":[{items}]}}"#)
    };
    assert_eq!(
        said(&schema, 2_000, text),
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
    let text = |length: usize| {
        let wrong = format!("{}true{}", r#"{"x":["#.repeat(20), "]}".repeat(20));
        let items = vec![wrong; length].join(",");
        format!(r#"{{"u":[{items}]}}"#)
    };
    let said = said(&schema, 20, text);
    assert!(
        said.ends_with("\n- too many alternatives to try: send something simpler"),
        "{said}"
    );
}
