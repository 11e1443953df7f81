//! What serde refuses although the schema allows it, and at which place that is told.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::schema::deserialize;

/// A text that is refused when it says `bad`, as types of users refuse theirs.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Good;

impl TryFrom<String> for Good {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.contains("bad") {
            true => Err("this is bad"),
            false => Ok(Self),
        }
    }
}

/// The same of a list, which has been read when it is refused.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Vec<i64>")]
struct Short;

impl TryFrom<Vec<i64>> for Short {
    type Error = &'static str;

    fn try_from(list: Vec<i64>) -> Result<Self, Self::Error> {
        match list.len() > 2 {
            true => Err("this is bad"),
            false => Ok(Self),
        }
    }
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Schema {
    first: Option<Good>,
    items: Option<Vec<Good>>,
    pairs: Option<Vec<(u8, Good)>>,
    short: Option<Short>,
    named: Option<BTreeMap<String, Good>>,
    numbered: Option<BTreeMap<u8, Good>>,
    deep: Option<Box<Schema>>,
    kind: Option<Kind>,
    last: Option<Good>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read")]
enum Kind {
    Plain,
    Holding { good: Good, count: u8 },
}

/// The line below the first one.
#[track_caller]
fn refused(text: &str) -> String {
    let error = deserialize::<Schema>(text).expect_err("it is refused");
    let text = error.to_string();
    let (_, line) = text.split_once("\n- ").expect("a line");
    line.to_owned()
}

#[test]
fn what_a_type_refuses_is_told_at_its_place() {
    let places = [
        (r#"{"first": "bad"}"#, "first"),
        (r#"{"first": "bad", "last": "good"}"#, "first"),
        (r#"{"first": "bad"  ,  "items": []}"#, "first"),
        (r#"{"items": ["bad"]}"#, "items[0]"),
        (r#"{"items": ["bad", "good"]}"#, "items[0]"),
        (
            r#"{"items": ["good", "bad", "good"], "last": "good"}"#,
            "items[1]",
        ),
        (r#"{"items": ["good", "good", "bad" ] }"#, "items[2]"),
        (
            r#"{"pairs": [[1, "good"], [2, "bad"], [3, "good"]]}"#,
            "pairs[1][1]",
        ),
        (r#"{"short": [1, 2, 3]}"#, "short"),
        (r#"{"short": [1, 2, 3], "last": "good"}"#, "short"),
        (r#"{"named": {"a b": "good", "c": "bad"}}"#, "named.c"),
        (
            r#"{"named": {"a \" }] b": "bad"}}"#,
            r#"named["a \" }] b"]"#,
        ),
        (r#"{"first": "][}{,\\", "last": "bad"}"#, "last"),
        (
            "{\n  \"first\": \"good\",\n  \"deep\": {\n    \"last\": \"bad\"\n  }\n}",
            "deep.last",
        ),
        (
            r#"{"deep": {"deep": {"items": ["good", "bad"]}, "last": "good"}}"#,
            "deep.deep.items[1]",
        ),
        (
            r#"{"kind": {"Holding": {"good": "bad", "count": 1}}}"#,
            "kind.Holding.good",
        ),
        (r#"{"unknown": {"first": ["bad"]}, "last": "bad"}"#, "last"),
    ];
    for (text, place) in places {
        assert_eq!(refused(text), format!("`{place}`: this is bad"), "{text}");
    }
}

#[test]
fn what_serde_refuses_by_itself_is_told_at_its_place() {
    let lines = [
        (
            r#"{"pairs": [[300, "good"]], "last": "good"}"#,
            "`pairs[0][0]`: invalid value: integer `300`, expected u8",
        ),
        (
            r#"{"pairs": [[true, "good"]]}"#,
            "`pairs[0][0]`: invalid type: boolean `true`, expected u8",
        ),
        (
            r#"{"pairs": [[[], "good"]]}"#,
            "`pairs[0][0]`: invalid type: sequence, expected u8",
        ),
        (
            r#"{"last": {"a": 1}}"#,
            "`last`: invalid type: map, expected a string",
        ),
        (
            r#"{"kind": {"Holding": {"count": 1}}, "last": "good"}"#,
            "`kind.Holding`: missing field `good`",
        ),
        (
            r#"{"first": "good", "first": "good"}"#,
            "`first`: duplicate field `first`",
        ),
        (
            r#"{"numbered": {"1": "good", "many": "good"}}"#,
            "`numbered.many`: invalid value: expected key to be a number in quotes",
        ),
    ];
    for (text, line) in lines {
        assert_eq!(refused(text), line, "{text}");
    }
}

#[test]
fn each_of_many_is_found_wherever_it_is() {
    for wrong in 0..40 {
        let words: Vec<_> = (0..40)
            .map(|index| if index == wrong { "bad" } else { "good" })
            .collect();
        let text = serde_json::json!({ "items": words, "last": "good" }).to_string();
        assert_eq!(refused(&text), format!("`items[{wrong}]`: this is bad"));
    }
}

#[test]
fn a_stranger_cannot_make_the_search_deep() {
    let depth = 100_000;
    let nested = "[".repeat(depth) + &"]".repeat(depth);
    let text = format!(r#"{{"first": "good", "unknown": {nested}, "last": "bad"}}"#);
    assert_eq!(refused(&text), "`last`: this is bad");
    let text = format!(r#"{{"unknown": {nested}, "last": "bad""#);
    assert_eq!(refused(&text), "`last`: this is bad");
}

#[test]
fn a_whole_that_is_refused_has_no_place() {
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "Schema")]
    struct Whole;
    impl TryFrom<Schema> for Whole {
        type Error = &'static str;
        fn try_from(_: Schema) -> Result<Self, Self::Error> {
            Err("never")
        }
    }
    let error = deserialize::<Whole>(r#"{"last": "good"}"#).expect_err("it is refused");
    assert_eq!(
        error.to_string(),
        "invalid arguments for this call:\n- never"
    );
}
