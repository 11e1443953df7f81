//! Arguments that come as headers too: `x-mcp-header` in a tool's schema (2026-07-28 basic/transports/streamable-http, "Custom
//! Headers from Tool Parameters").
//!
//! 1. A schema that breaks a rule of the specification keeps the server from starting: clients would leave the tool out.
//! 2. The handler gets the body's values. The headers are only compared, for those who decided by them on the way.
//! 3. A tool without such arguments costs nothing here.

use std::{borrow::Cow, collections::HashSet};

use http::{HeaderMap, HeaderName};
use serde_json::{Map, Number, Value};

use super::{headers, jsonrpc::RpcError};
use crate::excerpt::excerpt;

const KEYWORD: &str = "x-mcp-header";

/// The largest integer that every client has exactly.
const SAFE: f64 = 9_007_199_254_740_991.0;

/// The arguments of one tool that come as headers too.
#[derive(Clone, Debug, Default)]
pub(crate) struct ParameterHeaders(Vec<Parameter>);

#[derive(Clone, Debug)]
struct Parameter {
    /// The header as it is written in messages.
    name: String,
    header: HeaderName,
    /// The members that lead to the value.
    path: Vec<String>,
}

impl ParameterHeaders {
    /// Those of a tool's input schema. Fails with the end of a sentence about the schema.
    pub(crate) fn of(schema: &Map<String, Value>) -> Result<Self, String> {
        let mut found = Found::default();
        found.schema(schema, &mut Vec::new(), Reach::Properties)?;
        Ok(Self(found.parameters))
    }

    /// Whether the headers say what the arguments say. `arguments` is JSON text.
    pub(crate) fn check(
        &self,
        headers: &HeaderMap,
        arguments: Option<&str>,
    ) -> Result<(), RpcError> {
        if self.0.is_empty() {
            return Ok(());
        }
        // What cannot be compared may still reach a handler, which reads no more than it needs.
        let arguments = match arguments.map(serde_json::from_str) {
            None => Value::Null,
            Some(Ok(arguments)) => arguments,
            Some(Err(_)) => {
                return Err(RpcError::header_mismatch(
                    "headers cannot be compared with `arguments` that nest too deeply or have a number out of range",
                ));
            }
        };
        for parameter in &self.0 {
            let value = at(&arguments, &parameter.path);
            parameter.check(headers, value.as_deref().filter(|value| !value.is_null()))?;
        }
        Ok(())
    }
}

/// The value at a path. An object may come as text that holds it, as the handler gets it then.
fn at<'a>(value: &'a Value, path: &[String]) -> Option<Cow<'a, Value>> {
    let Some((step, rest)) = path.split_first() else {
        return Some(Cow::Borrowed(value));
    };
    match value {
        Value::String(text) => {
            let inner: Value = serde_json::from_str(text).ok()?;
            let found = at(inner.get(step)?, rest)?;
            Some(Cow::Owned(found.into_owned()))
        }
        value => at(value.get(step)?, rest),
    }
}

impl Parameter {
    fn check(&self, headers: &HeaderMap, value: Option<&Value>) -> Result<(), RpcError> {
        let name = &self.name;
        let header = headers::single(headers, &self.header, name)?;
        let refused = |what: &str| {
            Err(RpcError::header_mismatch(format!(
                "the header `{name}` {what}"
            )))
        };
        match (header, value) {
            (None, None) => Ok(()),
            (None, Some(_)) => refused("is missing, and the body has its argument"),
            (Some(_), None) => refused("is there, and the body does not have its argument"),
            (Some(header), Some(value)) => match headers::decoded(header) {
                None => refused("is not valid Base64 of UTF-8"),
                Some(header) if is_same(&header, value) => Ok(()),
                Some(_) => refused("differs from the body"),
            },
        }
    }
}

/// Whether a header's text stands for a value.
fn is_same(header: &str, value: &Value) -> bool {
    match value {
        Value::String(value) => header == value,
        Value::Bool(value) => header == if *value { "true" } else { "false" },
        Value::Number(value) => is_same_number(header, value),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// `42` and `42.0` are the same number ("Server Validation").
fn is_same_number(header: &str, value: &Number) -> bool {
    let is_plain = header
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number = is_plain.then(|| header.parse::<Number>().ok()).flatten();
    let Some(number) = number else { return false };
    if number == *value {
        return true;
    }
    match (number.as_f64(), value.as_f64()) {
        // Beyond that, numbers that differ are the same one here.
        (Some(number), Some(value)) => number == value && number.abs() <= SAFE,
        _ => false,
    }
}

/// How one gets from the schema's root to a place in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// By `properties` alone.
    Properties,
    /// Through anything else.
    Uncertain,
}

/// What was found in a schema so far.
#[derive(Default)]
struct Found {
    parameters: Vec<Parameter>,
    /// Names in lower case.
    taken: HashSet<String>,
}

impl Found {
    fn schema(
        &mut self,
        schema: &Map<String, Value>,
        path: &mut Vec<String>,
        reach: Reach,
    ) -> Result<(), String> {
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                (KEYWORD, name) => self.header(name, schema, path, reach)?,
                ("properties", Value::Object(members)) => {
                    for (name, member) in members {
                        path.push(name.clone());
                        self.any(member, path, reach)?;
                        path.pop();
                    }
                }
                // Names to schemas: a name that is a keyword says nothing.
                (
                    "$defs" | "definitions" | "dependentSchemas" | "patternProperties",
                    Value::Object(members),
                ) => {
                    for member in members.values() {
                        self.any(member, path, Reach::Uncertain)?;
                    }
                }
                // Values, not schemas.
                (
                    "const" | "default" | "enum" | "examples" | "required" | "dependentRequired",
                    _,
                ) => {}
                (_, value) => self.any(value, path, Reach::Uncertain)?,
            }
        }
        Ok(())
    }

    fn any(&mut self, value: &Value, path: &mut Vec<String>, reach: Reach) -> Result<(), String> {
        match value {
            Value::Object(schema) => self.schema(schema, path, reach),
            Value::Array(items) => items
                .iter()
                .try_for_each(|item| self.any(item, path, Reach::Uncertain)),
            _ => Ok(()),
        }
    }

    fn header(
        &mut self,
        name: &Value,
        schema: &Map<String, Value>,
        path: &[String],
        reach: Reach,
    ) -> Result<(), String> {
        let Some(name) = name.as_str() else {
            return Err(format!(
                "has an `{KEYWORD}` that is no text: name what comes after `Mcp-Param-`"
            ));
        };
        let full = format!("Mcp-Param-{name}");
        let header = match HeaderName::try_from(full.as_str()) {
            Ok(header) if !name.is_empty() => header,
            _ => {
                return Err(format!(
                    "has the `{KEYWORD}` {}, which is no header's name: use `A-Z`, `a-z`, `0-9` and `-`",
                    excerpt(name)
                ));
            }
        };
        if reach == Reach::Uncertain || path.is_empty() {
            return Err(format!(
                "has the header `{full}` where nobody can tell which value it means: give it to a property that one gets to from the \
                 root by `properties` alone"
            ));
        }
        if !self.taken.insert(name.to_ascii_lowercase()) {
            return Err(format!(
                "has the header `{full}` twice, for case does not count: give one of them another name"
            ));
        }
        let kind = schema.get("type").and_then(Value::as_str);
        if !matches!(kind, Some("string" | "integer" | "boolean")) {
            return Err(format!(
                "gives the header `{full}` to `{}`, which is neither a string, nor an integer, nor a boolean",
                path.join(".")
            ));
        }
        self.parameters.push(Parameter {
            name: full,
            header,
            path: path.to_vec(),
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn of(schema: Value) -> Result<ParameterHeaders, String> {
        ParameterHeaders::of(schema.as_object().unwrap())
    }

    fn with(property: Value) -> Value {
        json!({ "type": "object", "properties": { "value": property } })
    }

    /// What the header may say of the body's value: `None` when it is refused.
    fn agrees(header: Option<&str>, value: &Value) -> Option<()> {
        let schema = with(json!({ "type": "string", "x-mcp-header": "Value" }));
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            let header = HeaderValue::from_bytes(header.as_bytes()).unwrap();
            headers.insert("mcp-param-value", header);
        }
        let arguments = json!({ "value": value }).to_string();
        of(schema).unwrap().check(&headers, Some(&arguments)).ok()
    }

    #[test]
    fn a_header_is_compared_by_what_it_stands_for() {
        for (header, value) in [
            ("us-west1", json!("us-west1")),
            ("", json!("")),
            ("=?base64?SGVsbG8sIOS4lueVjA==?=", json!("Hello, 世界")),
            ("=?base64?IHBhZGRlZCA=?=", json!(" padded ")),
            (
                "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=",
                json!("=?base64?literal?="),
            ),
            ("=?base64?dXM=?=", json!("us")),
            // Not the whole sentinel, so it is what it says.
            ("=?base64?dXM=", json!("=?base64?dXM=")),
            ("=?BASE64?dXM=?=", json!("=?BASE64?dXM=?=")),
            ("true", json!(true)),
            ("42", json!(42)),
            ("42.0", json!(42)),
            ("42", json!(42.0)),
            ("-7", json!(-7)),
            ("9007199254740993", json!(9_007_199_254_740_993_u64)),
        ] {
            assert!(agrees(Some(header), &value).is_some(), "{header} {value}");
        }
        assert!(agrees(None, &Value::Null).is_some());
    }

    #[test]
    fn a_header_that_says_something_else_is_refused() {
        for (header, value) in [
            ("US-WEST1", json!("us-west1")),
            // The padding, the alphabet, the text.
            ("=?base64?dXM?=", json!("us")),
            ("=?base64?d-M=?=", json!("us")),
            ("=?base64?/w==?=", json!("\u{ff}")),
            ("wörter", json!("wörter")),
            ("TRUE", json!(true)),
            ("1", json!(true)),
            (" 42", json!("42")),
            ("0x2a", json!(42)),
            ("inf", json!(42)),
            ("9007199254740992.0", json!(9_007_199_254_740_993_u64)),
            ("[1]", json!([1])),
            ("null", Value::Null),
        ] {
            assert!(agrees(Some(header), &value).is_none(), "{header} {value}");
        }
        assert!(agrees(None, &json!("us")).is_none());
    }

    #[test]
    fn values_are_found_under_other_objects_and_may_be_left_out() {
        let inner = json!({ "type": "object", "properties": { "region": { "type": "string", "x-mcp-header": "Region" } } });
        let parameters = of(with(inner)).unwrap();
        let mut headers = HeaderMap::new();
        for arguments in [None, Some("null"), Some("{}"), Some(r#"{"value":7}"#)] {
            assert!(
                parameters.check(&headers, arguments).is_ok(),
                "{arguments:?}"
            );
        }
        let as_text = Some(r#"{"value":"{\"region\":\"eu\"}"}"#);
        assert!(parameters.check(&headers, as_text).is_err());
        let arguments = Some(r#"{"value":{"region":"eu"}}"#);
        assert!(parameters.check(&headers, arguments).is_err());
        headers.append("mcp-param-region", HeaderValue::from_static("eu"));
        assert!(parameters.check(&headers, arguments).is_ok());
        headers.append("mcp-param-region", HeaderValue::from_static("eu"));
        let error = parameters.check(&headers, arguments).unwrap_err();
        assert_eq!(
            (error.code, &*error.message),
            (
                -32020,
                "the header `Mcp-Param-Region` stands more than once"
            )
        );
    }

    /// Found by the fuzz target `parameter_headers`.
    #[test]
    fn arguments_that_cannot_be_compared_are_refused() {
        let parameters = of(with(json!({ "type": "string", "x-mcp-header": "Value" }))).unwrap();
        let deep = format!(
            r#"{{"value":"us","x":{}{}}}"#,
            "[".repeat(200),
            "]".repeat(200)
        );
        for arguments in [r#"{"value":"us","x":1e999}"#, &deep] {
            for header in [None, Some("us"), Some("eu")] {
                let mut headers = HeaderMap::new();
                if let Some(header) = header {
                    headers.insert("mcp-param-value", HeaderValue::from_static(header));
                }
                let error = parameters.check(&headers, Some(arguments)).unwrap_err();
                assert_eq!(error.code, -32020, "{header:?}");
            }
        }
    }

    #[test]
    fn a_schema_that_clients_would_leave_out_is_refused() {
        let header = json!({ "type": "string", "x-mcp-header": "Value" });
        for schema in [
            with(json!({ "type": "string", "x-mcp-header": "" })),
            with(json!({ "type": "string", "x-mcp-header": "a b" })),
            with(json!({ "type": "string", "x-mcp-header": "a\r\nb" })),
            with(json!({ "type": "string", "x-mcp-header": 7 })),
            with(json!({ "type": "number", "x-mcp-header": "Value" })),
            with(json!({ "type": ["string", "null"], "x-mcp-header": "Value" })),
            with(json!({ "x-mcp-header": "Value" })),
            with(json!({ "type": "array", "items": header })),
            with(json!({ "anyOf": [header] })),
            json!({ "type": "object", "x-mcp-header": "Value" }),
            json!({ "type": "object", "$defs": { "value": header } }),
            json!({ "type": "object", "if": { "properties": { "value": header } } }),
            json!({ "properties": { "a": header, "b": { "type": "string", "x-mcp-header": "VALUE" } } }),
        ] {
            assert!(of(schema.clone()).is_err(), "{schema}");
        }
        let named_so = json!({ "properties": { "x-mcp-header": { "type": "string" } }, "default": { "x-mcp-header": "a" } });
        assert!(of(named_so).unwrap().0.is_empty());
    }
}
