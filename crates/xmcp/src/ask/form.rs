//! A form, made of a type: the restricted schemas of 2026-07-28 client/elicitation, "Requested Schema".
//!
//! What a client shows is what the specification lets a form have. What comes back is checked against everything that the type
//! says, patterns and ranges included, so a client that shows less cannot let more through.

use std::any::type_name;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::{
    AskError,
    schema::{InputCheck, Violations, deserialize, form_schema},
};

mod field;
#[cfg(test)]
mod tests;

/// A form that a client can show, and the check of what comes back.
#[derive(Debug)]
pub(super) struct Form {
    /// The `requestedSchema`.
    shown: Map<String, Value>,
    check: InputCheck,
}

impl Form {
    /// The form of a type: a struct whose fields are text, numbers, yes or no, and choices.
    pub(super) fn of<T: JsonSchema>() -> Result<Self, AskError> {
        Self::new(&form_schema::<T>(), short_name::<T>())
    }

    fn new(whole: &Map<String, Value>, name: &str) -> Result<Self, AskError> {
        let misused = |problem: String| AskError::Misused(format!("the form `{name}` {problem}"));
        let is_object = whole.get("type").is_some_and(|kind| kind == "object");
        let properties = whole.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|_| is_object) else {
            return Err(misused("must be a struct with named fields".to_owned()));
        };
        let mut fields = Map::new();
        for (field, schema) in properties {
            let shown = field::shown(schema)
                .map_err(|problem| misused(format!("has `{field}`, {problem}")))?;
            fields.insert(field.clone(), Value::Object(shown));
        }
        let mut shown = Map::new();
        shown.insert("type".to_owned(), "object".into());
        shown.insert("properties".to_owned(), Value::Object(fields));
        if let Some(required) = whole.get("required") {
            shown.insert("required".to_owned(), required.clone());
        }
        let check =
            InputCheck::compile(whole, false).map_err(|error| misused(error.to_string()))?;
        Ok(Self { shown, check })
    }

    /// The params of an elicitation with this form.
    pub(super) fn params(&self, message: String) -> Value {
        json!({ "mode": "form", "message": message, "requestedSchema": self.shown })
    }

    /// What a person filled in. A page has nothing to fill in, so its answer is `()`.
    pub(super) fn read<T: DeserializeOwned + JsonSchema>(
        content: Option<&Value>,
    ) -> Result<T, AskError> {
        let whole = form_schema::<T>();
        if whole.get("type").is_some_and(|kind| kind == "null") {
            return T::deserialize(Value::Null)
                .map_err(|error| AskError::Misused(error.to_string()));
        }
        let form = Self::new(&whole, short_name::<T>())?;
        let content = content.map_or_else(|| "{}".to_owned(), Value::to_string);
        let invalid = |wrong: Violations| AskError::Invalid(wrong.below("these fields are wrong:"));
        let content = form.check.check(&content).map_err(invalid)?;
        deserialize(&content).map_err(invalid)
    }
}

/// The type's name without its path.
fn short_name<T>() -> &'static str {
    let name = type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}
