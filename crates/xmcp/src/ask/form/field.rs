//! One field of a form: what a client is shown of its schema.

use serde_json::{Map, Value, json};

/// The formats of text that a form may name (2026-07-28 schema, `StringSchema`).
const FORMATS: [&str; 4] = ["email", "uri", "date", "date-time"];

/// A field as the specification lets a form have it. The error continues "the form has `field`,".
pub(super) fn shown(schema: &Value) -> Result<Map<String, Value>, String> {
    let Some(schema) = schema.as_object() else {
        return Err(
            "which can be anything: a form has text, numbers, yes or no, and choices".to_owned(),
        );
    };
    let mut shown = Map::new();
    if let Some(choices) = Choices::of(schema)? {
        shown.insert("type".to_owned(), "string".into());
        copy(schema, &mut shown, &["title", "description"]);
        choices.single(schema, &mut shown)?;
        copy(schema, &mut shown, &["default"]);
        return Ok(shown);
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => {
            copy_type(schema, &mut shown, &["minLength", "maxLength"]);
            let format = schema.get("format").and_then(Value::as_str);
            if let Some(format) = format.filter(|format| FORMATS.contains(format)) {
                shown.insert("format".to_owned(), format.into());
            }
        }
        Some("number" | "integer") => copy_type(schema, &mut shown, &["minimum", "maximum"]),
        Some("boolean") => copy_type(schema, &mut shown, &[]),
        Some("array") => {
            let items = schema.get("items").and_then(Value::as_object);
            let choices = items.map(Choices::of).transpose()?.flatten();
            let Some(choices) = choices else {
                return Err("a list of anything: a form has lists of choices only, so make the items an enum".to_owned());
            };
            copy_type(schema, &mut shown, &["minItems", "maxItems"]);
            shown.insert("items".to_owned(), choices.items());
        }
        Some("object") => return Err("an object: a form is flat, so put its fields into the form".to_owned()),
        _ => return Err("whose type no form has: use text, a number, `bool`, an enum without data, or a list of such an enum".to_owned()),
    }
    copy(schema, &mut shown, &["default"]);
    Ok(shown)
}

/// The type, what people read of it, and the limits of these names.
fn copy_type(schema: &Map<String, Value>, shown: &mut Map<String, Value>, limits: &[&str]) {
    copy(schema, shown, &["type", "title", "description"]);
    copy(schema, shown, limits);
}

fn copy(schema: &Map<String, Value>, shown: &mut Map<String, Value>, keywords: &[&str]) {
    for keyword in keywords {
        if let Some(value) = schema.get(*keyword) {
            shown.insert((*keyword).to_owned(), value.clone());
        }
    }
}

/// The variants of an enum: what is sent, and what people see where one of them says so.
struct Choices {
    values: Vec<String>,
    titles: Vec<Option<String>>,
}

impl Choices {
    /// The choices of a schema that lists constants.
    fn of(schema: &Map<String, Value>) -> Result<Option<Self>, String> {
        let mut choices = Self {
            values: Vec::new(),
            titles: Vec::new(),
        };
        let branches = ["oneOf", "anyOf"]
            .iter()
            .find_map(|keyword| schema.get(*keyword));
        match branches.and_then(Value::as_array) {
            Some(branches) => {
                for branch in branches {
                    let branch = branch.as_object().ok_or_else(|| NO_CHOICE.to_owned())?;
                    choices.add(branch, title(branch))?;
                }
            }
            None if schema.contains_key("enum") || schema.contains_key("const") => {
                choices.add(schema, None)?
            }
            None => return Ok(None),
        }
        Ok(Some(choices))
    }

    fn add(&mut self, branch: &Map<String, Value>, title: Option<String>) -> Result<(), String> {
        let values = match (branch.get("const"), branch.get("enum")) {
            (Some(value), _) => std::slice::from_ref(value),
            (None, Some(Value::Array(values))) => values,
            _ => return Err(NO_CHOICE.to_owned()),
        };
        for value in values {
            let value = value.as_str().ok_or_else(|| NO_CHOICE.to_owned())?;
            self.values.push(value.to_owned());
            self.titles.push(title.clone());
        }
        Ok(())
    }

    fn has_titles(&self) -> bool {
        self.titles.iter().any(Option::is_some)
    }

    /// The keywords of a field with one choice.
    fn single(
        &self,
        schema: &Map<String, Value>,
        shown: &mut Map<String, Value>,
    ) -> Result<(), String> {
        if let Some(names) = schema.get("enumNames") {
            if names.as_array().map(Vec::len) != Some(self.values.len()) {
                return Err(format!(
                    "whose `enumNames` must be a list of {} names, one for each choice",
                    self.values.len()
                ));
            }
            shown.insert("enum".to_owned(), json!(self.values));
            shown.insert("enumNames".to_owned(), names.clone());
        } else if self.has_titles() {
            shown.insert("oneOf".to_owned(), self.titled());
        } else {
            shown.insert("enum".to_owned(), json!(self.values));
        }
        Ok(())
    }

    /// The items of a field with several choices.
    fn items(&self) -> Value {
        if self.has_titles() {
            json!({ "anyOf": self.titled() })
        } else {
            json!({ "type": "string", "enum": self.values })
        }
    }

    fn titled(&self) -> Value {
        let choices = self.values.iter().zip(&self.titles);
        choices
            .map(|(value, title)| json!({ "const": value, "title": title.as_ref().unwrap_or(value) }))
            .collect()
    }
}

const NO_CHOICE: &str = "an enum whose variants hold data: a form has enums without data only";

/// What people see of a variant: its title, else its doc comment.
fn title(branch: &Map<String, Value>) -> Option<String> {
    let text = branch.get("title").or_else(|| branch.get("description"))?;
    text.as_str().map(|text| text.replace('\n', " "))
}
