//! What we leave to the `jsonschema` crate. It never fetches anything, asserts formats, and matches patterns in
//! linear time: a pattern that needs backtracking is refused at start, so that no argument can make one
//! explode.

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{
    Draft, PatternOptions, ValidationError, ValidationOptions, Validator, ValidatorMap,
};
use serde_json::{Map, Value, json};

use super::error::SchemaError;
use super::node::Types;

/// A check by `jsonschema`, at one place of a schema.
#[derive(Debug)]
pub(super) struct Foreign {
    validator: Kind,
    /// The types it has something to say about.
    pub(super) applies: Types,
    /// How a string must look, if that is all this check is about.
    pub(super) look: Option<String>,
}

#[derive(Debug)]
enum Kind {
    Alone(Box<Validator>),
    Part(Arc<ValidatorMap>, String),
}

impl Foreign {
    /// A check of `keywords` that mean the same whatever stands beside them: `pattern`, `format`, `uniqueItems`
    /// and `multipleOf`.
    pub(super) fn alone(
        keywords: Map<String, Value>,
        draft: Draft,
        place: &str,
    ) -> Result<Self, SchemaError> {
        let mut applies = Types::NONE;
        for keyword in keywords.keys() {
            applies = applies.union(match keyword.as_str() {
                "uniqueItems" => Types::ARRAY,
                "multipleOf" => Types::NUMBER,
                _ => Types::STRING,
            });
        }
        let look = look(&keywords);
        let schema = Value::Object(keywords);
        let validator = options(draft)
            .build(&schema)
            .map_err(|error| refused(&error, place))?;
        Ok(Self {
            validator: Kind::Alone(Box::new(validator)),
            applies,
            look,
        })
    }

    /// The whole subschema at `pointer` (`#`, `#/properties/a`), if it is in the map.
    pub(super) fn part(map: &Arc<ValidatorMap>, pointer: &str, applies: Types) -> Option<Self> {
        map.get(pointer)?;
        Some(Self {
            validator: Kind::Part(Arc::clone(map), pointer.to_owned()),
            applies,
            look: None,
        })
    }

    fn validator(&self) -> Option<&Validator> {
        match &self.validator {
            Kind::Alone(validator) => Some(validator),
            Kind::Part(map, pointer) => map.get(pointer),
        }
    }

    pub(super) fn accepts(&self, value: &Value) -> bool {
        self.validator()
            .is_some_and(|validator| validator.is_valid(value))
    }

    /// The first few errors, as a JSON pointer from here and a sentence.
    pub(super) fn errors(&self, value: &Value) -> Vec<(String, String)> {
        const MOST: usize = 9;
        let Some(validator) = self.validator() else {
            return Vec::new();
        };
        validator
            .iter_errors(value)
            .take(MOST)
            .map(|error| (error.instance_path().to_string(), sentence(&error)))
            .collect()
    }
}

/// A validator for every subschema of the document, by its place.
pub(super) fn parts(schema: &Value, draft: Draft) -> Result<Arc<ValidatorMap>, SchemaError> {
    // The map leaves out what it cannot compile; building the whole says why.
    options(draft)
        .build(schema)
        .map_err(|error| refused(&error, "#"))?;
    options(draft)
        .build_map(schema)
        .map(Arc::new)
        .map_err(|error| refused(&error, "#"))
}

/// Whether `jsonschema` knows this format; an unknown one says nothing about the value.
pub(super) fn knows_format(format: &str, draft: Draft) -> bool {
    options(draft).is_known_format(draft, format)
}

fn options<'i>(draft: Draft) -> ValidationOptions<'i> {
    jsonschema::options()
        .with_draft(draft)
        .offline()
        .should_validate_formats(true)
        .with_pattern_options(PatternOptions::regex())
}

fn refused(error: &ValidationError<'_>, place: &str) -> SchemaError {
    if let ValidationErrorKind::Referencing(jsonschema::ReferencingError::Unretrievable {
        uri,
        ..
    }) = error.kind()
    {
        return SchemaError::RemoteReference { uri: uri.clone() };
    }
    let inner = error.instance_path().to_string();
    let reason = match error.kind() {
        ValidationErrorKind::Format { format } if format == "regex" => format!(
            "{} is no pattern that is matched in linear time: write it without look-ahead, look-behind and back-references",
            error.instance()
        ),
        _ => error.to_string(),
    };
    SchemaError::Invalid {
        place: format!("{place}{inner}"),
        reason,
    }
}

/// What a string of this format or pattern looks like, for the model.
fn look(keywords: &Map<String, Value>) -> Option<String> {
    let format = keywords.get("format").and_then(Value::as_str);
    let pattern = keywords.get("pattern").and_then(Value::as_str);
    let format = format.map(|format| {
        let (what, example) = match format {
            "date-time" => ("a date-time", "2026-01-31T12:00:00Z"),
            "date" => ("a date", "2026-01-31"),
            "time" => ("a time", "12:00:00Z"),
            "duration" => ("a duration", "P1DT12H"),
            "email" => ("an email address", "name@example.com"),
            "hostname" => ("a hostname", "www.example.com"),
            "ipv4" => ("an IPv4 address", "192.0.2.1"),
            "ipv6" => ("an IPv6 address", "2001:db8::1"),
            "uri" => ("a URI", "https://example.com/path"),
            "uuid" => ("a UUID", "3f2b8c1e-5d4a-4c6f-9b7e-1a2d3c4e5f60"),
            "regex" => ("a regular expression", "^[a-z]+$"),
            other => return format!("a string of format `{other}`"),
        };
        format!("{what} like \"{example}\"")
    });
    match (format, pattern) {
        (Some(format), Some(pattern)) => Some(format!("{format} that matches `{pattern}`")),
        (Some(format), None) => Some(format),
        (None, Some(pattern)) => Some(format!("a string that matches `{pattern}`")),
        (None, None) => None,
    }
}

fn sentence(error: &ValidationError<'_>) -> String {
    use super::violations::excerpt;
    let got = || excerpt(error.instance());
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            format!(
                "`{}` is required, but missing",
                property.as_str().unwrap_or_default()
            )
        }
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let names: Vec<String> = unexpected
                .iter()
                .take(4)
                .map(|name| super::violations::quoted(name))
                .collect();
            format!("unknown members: {}", names.join(", "))
        }
        ValidationErrorKind::Pattern { pattern } => {
            format!("expected a string that matches `{pattern}`, got {}", got())
        }
        ValidationErrorKind::Format { format } => {
            let keywords = Map::from_iter([("format".to_owned(), json!(format))]);
            format!(
                "expected {}, got {}",
                look(&keywords).unwrap_or_default(),
                got()
            )
        }
        ValidationErrorKind::UniqueItems => format!("expected no item twice, got {}", got()),
        ValidationErrorKind::MultipleOf { multiple_of } => {
            format!("expected a multiple of {multiple_of}, got {}", got())
        }
        _ => error.masked_with(got()).to_string(),
    }
}
