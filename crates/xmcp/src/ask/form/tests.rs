//! Every shape of 2026-07-28 client/elicitation, "Requested Schema", from a type; and what comes back, checked.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Form;
use crate::{AskError, Elicited};

fn shown<T: JsonSchema>() -> Value {
    Value::Object(Form::of::<T>().unwrap().shown)
}

fn problem<T: JsonSchema>() -> String {
    Form::of::<T>().unwrap_err().to_string()
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Contact {
    /// Your full name
    #[schemars(title = "Name", length(min = 3, max = 50))]
    name: String,
    #[schemars(email)]
    email: String,
    #[schemars(url)]
    website: Option<String>,
    #[schemars(extend("format" = "date"))]
    birthday: Option<String>,
    #[schemars(extend("format" = "uuid"), regex(pattern = "^a"))]
    code: Option<String>,
    age: u8,
    #[schemars(range(min = 0.5, max = 100))]
    score: f64,
    newsletter: bool,
}

#[test]
fn text_numbers_and_yes_or_no_are_fields() {
    assert_eq!(
        shown::<Contact>(),
        json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "title": "Name", "description": "Your full name", "minLength": 3, "maxLength": 50 },
                "email": { "type": "string", "format": "email" },
                "website": { "type": "string", "format": "uri" },
                "birthday": { "type": "string", "format": "date" },
                "code": { "type": "string" },
                "age": { "type": "integer", "minimum": 0, "maximum": 255 },
                "score": { "type": "number", "minimum": 0.5, "maximum": 100 },
                "newsletter": { "type": "boolean" },
            },
            "required": ["name", "email", "age", "score", "newsletter"],
        })
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Active,
    Inactive,
    Pending,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Defaults {
    #[serde(default = "john")]
    name: String,
    #[serde(default = "thirty")]
    age: i64,
    #[schemars(extend("default" = 95.5))]
    score: f64,
    #[serde(default = "active")]
    status: Status,
    #[serde(default)]
    verified: bool,
    #[serde(default)]
    nickname: Option<String>,
}

fn john() -> String {
    "John Doe".to_owned()
}

fn thirty() -> i64 {
    30
}

fn active() -> Status {
    Status::Active
}

#[test]
fn defaults_fill_fields_in() {
    assert_eq!(
        shown::<Defaults>(),
        json!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "default": "John Doe" },
                "age": { "type": "integer", "default": 30 },
                "score": { "type": "number", "default": 95.5 },
                "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
                "verified": { "type": "boolean", "default": false },
                "nickname": { "type": "string" },
            },
            "required": ["score"],
        })
    );
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Plain {
    #[serde(rename = "option1")]
    One,
    #[serde(rename = "option2")]
    Two,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
enum Titled {
    /// First Option
    #[serde(rename = "value1")]
    One,
    #[serde(rename = "value2")]
    #[schemars(title = "Second Option")]
    Two,
    /// Third
    /// Option
    #[serde(rename = "value3")]
    Three,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Single {
    /// The only one
    Only,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
enum Half {
    Without,
    /// With a title
    With,
}

#[derive(Debug, PartialEq, Deserialize, JsonSchema)]
struct Choices {
    /// One of two
    plain: Plain,
    titled: Titled,
    perhaps: Option<Titled>,
    only: Single,
    half: Half,
    #[schemars(extend("enumNames" = ["Option One", "Option Two"]))]
    legacy: Plain,
    #[schemars(length(min = 1, max = 2))]
    several: Vec<Plain>,
    several_titled: BTreeSet<Titled>,
}

#[test]
fn enums_are_choices_of_one_and_of_several() {
    let titled = json!([
        { "const": "value1", "title": "First Option" },
        { "const": "value2", "title": "Second Option" },
        { "const": "value3", "title": "Third Option" },
    ]);
    let properties = json!({
        "plain": { "type": "string", "description": "One of two", "enum": ["option1", "option2"] },
        "titled": { "type": "string", "oneOf": titled },
        "perhaps": { "type": "string", "oneOf": titled },
        "only": { "type": "string", "oneOf": [{ "const": "Only", "title": "The only one" }] },
        "half": { "type": "string", "oneOf": [{ "const": "Without", "title": "Without" }, { "const": "With", "title": "With a title" }] },
        "legacy": { "type": "string", "enum": ["option1", "option2"], "enumNames": ["Option One", "Option Two"] },
        "several": { "type": "array", "minItems": 1, "maxItems": 2, "items": { "type": "string", "enum": ["option1", "option2"] } },
        "several_titled": { "type": "array", "items": { "anyOf": titled } },
    });
    assert_eq!(shown::<Choices>()["properties"], properties);
}

#[test]
fn what_no_form_has_is_named_with_a_remedy() {
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only their schemas are used")]
    enum Data {
        A(u8),
        B,
    }
    macro_rules! field {
        ($type:ty) => {{
            #[derive(JsonSchema)]
            #[expect(dead_code, reason = "only its schema is used")]
            struct Shape {
                field: $type,
            }
            problem::<Shape>()
        }};
    }
    assert_eq!(
        field!(Contact),
        "this question cannot be asked: the form `Shape` has `field`, an object: a form is flat, so put its fields into the form"
    );
    assert!(field!(Vec<String>).contains("make the items an enum"));
    assert!(field!(Data).contains("an enum whose variants hold data"));
    assert!(field!((u8, u8)).contains("make the items an enum"));
    assert!(
        field!(Value).contains("can be anything"),
        "{}",
        field!(Value)
    );
    assert!(problem::<String>().contains("must be a struct with named fields"));
    assert!(problem::<Titled>().contains("must be a struct with named fields"));
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is used")]
    struct Names {
        #[schemars(extend("enumNames" = ["One"]))]
        choice: Plain,
    }
    assert!(problem::<Names>().contains("a list of 2 names"));
}

fn filled_in(content: Value) -> Result<Option<Elicited<Contact>>, AskError> {
    Elicited::read(&json!({ "action": "accept", "content": content }))
}

fn contact() -> Value {
    json!({ "name": "Ada", "email": "ada@example.com", "age": 36, "score": 99.5, "newsletter": true })
}

#[test]
fn what_fits_the_form_is_the_type() {
    let mut content = contact();
    content["unknown"] = json!("ignored");
    let expected = Contact {
        name: "Ada".to_owned(),
        email: "ada@example.com".to_owned(),
        website: None,
        birthday: None,
        code: None,
        age: 36,
        score: 99.5,
        newsletter: true,
    };
    assert_eq!(filled_in(content), Ok(Some(Elicited::Accept(expected))));
}

#[test]
fn what_does_not_fit_is_named_by_its_field() {
    let rows = [
        ("name", json!("Al"), "name"),
        ("email", json!("nobody"), "email"),
        ("age", json!(300), "age"),
        ("age", json!("old"), "age"),
        ("newsletter", json!(null), "newsletter"),
        // The client is not told of the pattern; it is checked all the same.
        ("code", json!("b"), "code"),
    ];
    for (field, value, named) in rows {
        let mut content = contact();
        content[field] = value;
        let Err(AskError::Invalid(problem)) = filled_in(content.clone()) else {
            panic!("{content} was taken");
        };
        assert!(
            problem.starts_with(&format!("these fields are wrong:\n- `{named}`: ")),
            "{problem}"
        );
    }
    assert!(matches!(filled_in(json!({})), Err(AskError::Invalid(_))));
    assert!(matches!(filled_in(json!([])), Err(AskError::Invalid(_))));
    let without = Elicited::<Contact>::read(&json!({ "action": "accept" }));
    assert!(matches!(without, Err(AskError::Invalid(_))));
}

#[test]
fn a_person_may_say_no_or_go_away_and_a_page_has_no_content() {
    let read = |answer: Value| Elicited::<Contact>::read(&answer);
    assert_eq!(
        read(json!({ "action": "decline" })),
        Ok(Some(Elicited::Decline))
    );
    assert_eq!(
        read(json!({ "action": "cancel", "content": {} })),
        Ok(Some(Elicited::Cancel))
    );
    for answer in [
        json!(null),
        json!(7),
        json!({}),
        json!({ "action": "maybe" }),
        json!({ "roots": [] }),
    ] {
        assert_eq!(read(answer.clone()), Ok(None), "{answer}");
    }
    let page = Elicited::<()>::read(&json!({ "action": "accept" }));
    assert_eq!(page, Ok(Some(Elicited::Accept(()))));
}
