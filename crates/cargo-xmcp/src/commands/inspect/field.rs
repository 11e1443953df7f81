//! One field of a form that a server asks its user to fill in, as far as a terminal can show it. Everything in it is a stranger's.

use serde_json::{Value, json};

use crate::text;

/// How much is shown of a name, a title or a choice.
const SHORT: usize = 100;

/// How much is shown of a description.
const LONG: usize = 300;

/// A longer list is not chosen from on a terminal.
const CHOICES: usize = 200;

/// A field of a form.
#[derive(Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    /// What it is asked by.
    pub(super) title: String,
    /// What is said below the question.
    pub(super) help: String,
    pub(super) is_required: bool,
    pub(super) kind: Kind,
}

/// What is filled in, and what stands there when nobody does.
#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    Text {
        shortest: u64,
        longest: u64,
        default: Option<String>,
    },
    Number {
        is_whole: bool,
        least: f64,
        most: f64,
        default: Option<String>,
    },
    YesOrNo {
        default: Option<bool>,
    },
    One {
        choices: Vec<Choice>,
        default: Option<usize>,
    },
    Several {
        choices: Vec<Choice>,
        fewest: u64,
        most: u64,
        default: Vec<usize>,
    },
}

/// One of those that there are.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) title: String,
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.title)
    }
}

impl Field {
    /// The field of this schema. `None` if it is of a kind that nobody can fill in here.
    pub(super) fn of(name: &str, schema: &Value, is_required: bool) -> Option<Self> {
        let default = &schema["default"];
        let limit = |key: &str, otherwise| schema[key].as_u64().unwrap_or(otherwise);
        let number = |key: &str, otherwise| schema[key].as_f64().unwrap_or(otherwise);
        let kind = match schema["type"].as_str()? {
            "array" => {
                let choices = choices(&schema["items"])?;
                let values = default.as_array().into_iter().flatten();
                Kind::Several {
                    fewest: limit("minItems", 0),
                    most: limit("maxItems", u64::MAX),
                    default: values.filter_map(|it| place(&choices, it)).collect(),
                    choices,
                }
            }
            "string" if schema.get("enum").or(schema.get("oneOf")).is_some() => {
                let choices = choices(schema)?;
                Kind::One {
                    default: place(&choices, default),
                    choices,
                }
            }
            "string" => Kind::Text {
                shortest: limit("minLength", 0),
                longest: limit("maxLength", u64::MAX),
                // One that would look like another one is none.
                default: default
                    .as_str()
                    .filter(|it| text::line(it, LONG) == **it)
                    .map(str::to_owned),
            },
            kind @ ("integer" | "number") => Kind::Number {
                is_whole: kind == "integer",
                least: number("minimum", f64::NEG_INFINITY),
                most: number("maximum", f64::INFINITY),
                default: default.is_number().then(|| default.to_string()),
            },
            "boolean" => Kind::YesOrNo {
                default: default.as_bool(),
            },
            _ => return None,
        };
        let title = schema["title"].as_str().unwrap_or(name);
        let description = schema["description"].as_str().unwrap_or_default();
        let mut help = text::line(description, LONG);
        if let Some(format) = schema["format"].as_str() {
            help = format!("{help} ({})", text::line(format, SHORT));
        }
        if !is_required {
            help.push_str(" (may be left out)");
        }
        Some(Self {
            name: name.to_owned(),
            title: text::line(title, SHORT),
            help: help.trim().to_owned(),
            is_required,
            kind,
        })
    }

    /// What was typed, as the value that is sent; `None` leaves the field out.
    ///
    /// # Errors
    ///
    /// What it has to be, for the person who typed it.
    pub(super) fn read(&self, typed: &str) -> Result<Option<Value>, String> {
        if typed.is_empty() && !self.is_required {
            return Ok(None);
        }
        match &self.kind {
            Kind::Text {
                shortest, longest, ..
            } => {
                let length = typed.chars().count() as u64;
                match length {
                    _ if length < *shortest => {
                        Err(format!("it has at least {shortest} characters"))
                    }
                    _ if length > *longest => Err(format!("it has at most {longest} characters")),
                    _ => Ok(Some(json!(typed))),
                }
            }
            Kind::Number {
                is_whole,
                least,
                most,
                ..
            } => {
                let typed = typed.trim();
                let value = match typed.parse::<i64>() {
                    Ok(whole) => Some((whole as f64, json!(whole))),
                    Err(_) if *is_whole => None,
                    Err(_) => typed.parse().ok().map(|it: f64| (it, json!(it))),
                };
                match value {
                    None if *is_whole => Err("it is a whole number".to_owned()),
                    Some((number, value)) if number.is_finite() => match number {
                        _ if number < *least => Err(format!("it is {least} or more")),
                        _ if number > *most => Err(format!("it is {most} or less")),
                        _ => Ok(Some(value)),
                    },
                    _ => Err("it is a number".to_owned()),
                }
            }
            _ => Err("it is chosen, not typed".to_owned()),
        }
    }
}

/// The choices of a schema, in each of the ways to write them. `None` if there are too many, or none.
fn choices(schema: &Value) -> Option<Vec<Choice>> {
    let choice = |value: &str, title: Option<&str>| Choice {
        value: value.to_owned(),
        title: text::line(title.unwrap_or(value), SHORT),
    };
    let titled = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let choices: Vec<_> = match (titled, schema["enum"].as_array()) {
        (Some(titled), _) => titled
            .iter()
            .filter_map(|it| Some(choice(it["const"].as_str()?, it["title"].as_str())))
            .collect(),
        (None, Some(values)) => values
            .iter()
            .enumerate()
            .filter_map(|(at, it)| Some(choice(it.as_str()?, schema["enumNames"][at].as_str())))
            .collect(),
        (None, None) => Vec::new(),
    };
    (1..=CHOICES).contains(&choices.len()).then_some(choices)
}

fn place(choices: &[Choice], value: &Value) -> Option<usize> {
    choices.iter().position(|it| *value == it.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(schema: Value) -> Field {
        Field::of("it", &schema, true).unwrap()
    }

    #[test]
    fn what_is_typed_is_held_against_the_schema() {
        let name = field(json!({ "type": "string", "minLength": 2, "maxLength": 3 }));
        assert_eq!(name.read("Ada"), Ok(Some(json!("Ada"))));
        assert_eq!(
            name.read("A"),
            Err("it has at least 2 characters".to_owned())
        );
        assert_eq!(
            name.read("Adam"),
            Err("it has at most 3 characters".to_owned())
        );
        let count = field(json!({ "type": "integer", "minimum": 1, "maximum": 9 }));
        assert_eq!(count.read(" 3"), Ok(Some(json!(3))));
        assert_eq!(count.read("3.5"), Err("it is a whole number".to_owned()));
        assert_eq!(count.read("10"), Err("it is 9 or less".to_owned()));
        let share = field(json!({ "type": "number", "minimum": 0.5 }));
        assert_eq!(share.read("0.75"), Ok(Some(json!(0.75))));
        assert_eq!(share.read("0"), Err("it is 0.5 or more".to_owned()));
        assert_eq!(share.read("NaN"), Err("it is a number".to_owned()));
        let optional = Field::of("it", &json!({ "type": "integer" }), false).unwrap();
        assert_eq!(optional.read(""), Ok(None));
        assert_eq!(optional.help, "(may be left out)");
    }

    #[test]
    fn choices_are_read_in_each_way_to_write_them() {
        let titles = |schema| match field(schema).kind {
            Kind::One { choices, default } => (choices, default),
            Kind::Several {
                choices, default, ..
            } => (choices, default.first().copied()),
            other => panic!("{other:?}"),
        };
        let choice = |value: &str, title: &str| Choice {
            value: value.to_owned(),
            title: title.to_owned(),
        };
        let named = vec![choice("a", "A"), choice("b", "B")];
        let titled = json!([{ "const": "a", "title": "A" }, { "const": "b", "title": "B" }]);
        for schema in [
            json!({ "type": "string", "oneOf": titled, "default": "b" }),
            json!({ "type": "string", "enum": ["a", "b"], "enumNames": ["A", "B"], "default": "b" }),
            json!({ "type": "array", "items": { "anyOf": titled }, "default": ["b"] }),
        ] {
            assert_eq!(titles(schema), (named.clone(), Some(1)));
        }
        let plain = json!({ "type": "string", "enum": ["a"] });
        assert_eq!(titles(plain), (vec![choice("a", "a")], None));
    }

    #[test]
    fn what_a_stranger_says_is_short_and_printable_and_what_cannot_be_shown_is_no_field() {
        let long = "x".repeat(1_000);
        let field = field(json!({
            "type": "string", "title": format!("\u{1b}[2J{long}"), "description": long, "default": "\u{1b}[2J"
        }));
        assert!(field.title.starts_with("\\u{1b}[2J") && field.title.len() < 200);
        assert!(field.help.len() < 400);
        let Kind::Text { default: None, .. } = field.kind else {
            panic!("{field:?}");
        };
        let many: Vec<_> = (0..1_000).map(|it| it.to_string()).collect();
        for schema in [
            json!({ "type": "string", "enum": many }),
            json!({ "type": "string", "enum": [] }),
            json!({ "type": "object" }),
            json!({}),
        ] {
            assert_eq!(Field::of("it", &schema, true), None);
        }
    }
}
