//! What a tool or a prompt is called with, as a person types it.

use serde_json::{Map, Value};

use crate::{Failure, Result};

/// Arguments before it is known what the server takes.
#[derive(Debug)]
pub(super) enum Given {
    /// `key=value`, each value as it was typed.
    Values(Vec<(String, String)>),
    /// One JSON object.
    Json(Map<String, Value>),
}

impl Given {
    pub(super) fn values(typed: &[String]) -> Result<Self> {
        let pair = |text: &String| match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
            _ => Err(
                Failure::new(format!("`{text}` is no argument: it has no `=`"))
                    .hint("write arguments as `key=value`, like `name=Ada`"),
            ),
        };
        let pairs: Vec<(String, String)> = typed.iter().map(pair).collect::<Result<_>>()?;
        for (at, (key, _)) in pairs.iter().enumerate() {
            if pairs[..at].iter().any(|(other, _)| other == key) {
                return Err(Failure::new(format!("`{key}` is given twice"))
                    .hint(format!("for a list write JSON: `{key}=[1,2]`")));
            }
        }
        Ok(Self::Values(pairs))
    }

    pub(super) fn json(text: &str) -> Result<Self> {
        let hint = "write a JSON object, like `--arguments '{\"name\":\"Ada\"}'`";
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Ok(Self::Json(object)),
            Ok(_) => Err(Failure::new("the arguments are no JSON object").hint(hint)),
            Err(error) => Err(Failure::new("the arguments are no JSON")
                .because(&error)
                .hint(hint)),
        }
    }

    /// The values as the types that the tool's schema names for them.
    pub(super) fn for_schema(self, schema: &Map<String, Value>) -> Result<Map<String, Value>> {
        match self {
            Self::Json(object) => Ok(object),
            Self::Values(values) => {
                let properties = schema.get("properties").unwrap_or(&Value::Null);
                values
                    .into_iter()
                    .map(|(key, value)| {
                        let value = typed(&key, value, &properties[&key])?;
                        Ok((key, value))
                    })
                    .collect()
            }
        }
    }

    /// The values as text, which is all that prompts take.
    pub(super) fn into_text(self) -> Map<String, Value> {
        match self {
            Self::Json(object) => object,
            Self::Values(values) => values
                .into_iter()
                .map(|(key, value)| (key, Value::String(value)))
                .collect(),
        }
    }
}

fn typed(key: &str, text: String, schema: &Value) -> Result<Value> {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fits = |value: &Value| match value {
        Value::Null => types.contains(&"null"),
        Value::Bool(_) => types.contains(&"boolean"),
        Value::Number(number) => {
            types.contains(&"number")
                || types.contains(&"integer") && !number.to_string().contains('.')
        }
        Value::String(_) => false,
        Value::Array(_) => types.contains(&"array"),
        Value::Object(_) => types.contains(&"object"),
    };
    match serde_json::from_str(&text) {
        Ok(value) if fits(&value) => Ok(value),
        _ if types.contains(&"string") => Ok(Value::String(text)),
        // Whatever the schema says instead of a type, the server reads it.
        Ok(value) if types.is_empty() => Ok(value),
        _ if types.is_empty() => Ok(Value::String(text)),
        _ => Err(Failure::new(format!(
            "`{key}` is to be {}, and `{text}` is none",
            types.join(" or ")
        ))
        .hint(match types[0] {
            "array" => format!("write JSON: `{key}=[1,2]`"),
            "object" => format!("write JSON: `{key}={{\"a\":1}}`"),
            "boolean" => format!("write `{key}=true` or `{key}=false`"),
            _ => format!("write `{key}=1`"),
        })),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Given;

    fn read(typed: &[&str]) -> Result<Value, String> {
        let schema = json!({ "properties": {
            "name": { "type": "string" },
            "count": { "type": "integer" },
            "tags": { "type": "array" },
            "maybe": { "type": ["string", "number"] },
            "free": {},
        } });
        let typed: Vec<_> = typed.iter().map(ToString::to_string).collect();
        Given::values(&typed)
            .and_then(|given| given.for_schema(schema.as_object().unwrap()))
            .map(Value::Object)
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_value_is_read_as_its_schema_says() {
        assert_eq!(
            read(&[
                "name=3",
                "count=3",
                "tags=[1]",
                "maybe=x=y",
                "free=true",
                "else=a b"
            ]),
            Ok(
                json!({ "name": "3", "count": 3, "tags": [1], "maybe": "x=y", "free": true, "else": "a b" })
            )
        );
    }

    #[test]
    fn what_cannot_be_meant_is_said_with_what_can() {
        for (typed, said) in [
            (
                vec!["count=many"],
                "`count` is to be integer, and `many` is none\nhint: write `count=1`",
            ),
            (
                vec!["tags=a"],
                "`tags` is to be array, and `a` is none\nhint: write JSON: `tags=[1,2]`",
            ),
            (
                vec!["name"],
                "`name` is no argument: it has no `=`\nhint: write arguments as `key=value`, like `name=Ada`",
            ),
            (
                vec!["name=a", "name=b"],
                "`name` is given twice\nhint: for a list write JSON: `name=[1,2]`",
            ),
        ] {
            assert_eq!(read(&typed), Err(said.to_owned()));
        }
    }
}
