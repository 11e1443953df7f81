//! What we leave to the `jsonschema` crate. It never fetches anything, asserts formats, and matches patterns in
//! linear time: a pattern that needs backtracking is refused at start, so that no argument can make one
//! explode.

use std::sync::Arc;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, ValidationError, ValidationOptions, Validator, ValidatorMap};
use serde_json::{Map, Value};

use super::dialect::Draft;
use super::error::{SchemaError, invalid, not_linear};
use super::format::look;
use super::node::Types;

/// The oldest generation of JSON Schema of which our checks know the keywords.
pub(super) const OLDEST: Draft = Draft::Draft7;

/// A check by `jsonschema`, at one place of a schema.
#[derive(Debug)]
pub(super) struct Foreign {
    validator: Kind,
    /// The types it has something to say about.
    pub(super) applies: Types,
}

#[derive(Debug)]
enum Kind {
    Alone(Box<Validator>),
    Part(Arc<ValidatorMap>, String),
}

impl Foreign {
    /// A check of `keywords` that mean the same whatever stands beside them: `pattern`, `format` and `multipleOf`.
    pub(super) fn alone(
        keywords: Map<String, Value>,
        draft: Draft,
        place: &str,
    ) -> Result<Self, SchemaError> {
        let mut applies = Types::NONE;
        for keyword in keywords.keys() {
            applies = applies.union(match keyword.as_str() {
                "multipleOf" => Types::NUMBER,
                _ => Types::STRING,
            });
        }
        let schema = Value::Object(keywords);
        let validator = options(draft)
            .build(&schema)
            .map_err(|error| refused(&error, place))?;
        Ok(Self {
            validator: Kind::Alone(Box::new(validator)),
            applies,
        })
    }

    /// The whole subschema at `pointer` (`#`, `#/properties/a`), whatever keyword makes it one for `jsonschema`.
    pub(super) fn part(parts: &Parts, pointer: &str, _reason: &str) -> Result<Self, SchemaError> {
        let Some(_) = parts.0.get(pointer) else {
            return Err(invalid(pointer, "cannot be compiled"));
        };
        Ok(Self {
            validator: Kind::Part(Arc::clone(&parts.0), pointer.to_owned()),
            applies: Types::ALL,
        })
    }

    /// Whether it is about keywords that mean the same whatever stands beside them.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.validator, Kind::Alone(_))
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
#[derive(Clone)]
pub(super) struct Parts(Arc<ValidatorMap>);

impl Parts {
    pub(super) fn compile(schema: &Value, draft: Draft) -> Result<Self, SchemaError> {
        // The map leaves out what it cannot compile; building the whole says why.
        options(draft)
            .build(schema)
            .map_err(|error| refused(&error, "#"))?;
        options(draft)
            .build_map(schema)
            .map(|map| Self(Arc::new(map)))
            .map_err(|error| refused(&error, "#"))
    }
}

/// Whether `jsonschema` knows this format; an unknown one says nothing about the value.
pub(super) fn knows_format(format: &str, draft: Draft) -> bool {
    options(draft).is_known_format(foreign(draft), format)
}

fn foreign(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        Draft::Draft202012 => jsonschema::Draft::Draft202012,
    }
}

fn options<'i>(draft: Draft) -> ValidationOptions<'i> {
    jsonschema::options()
        .with_draft(foreign(draft))
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
        ValidationErrorKind::Format { format } if format == "regex" => not_linear(error.instance()),
        _ => error.to_string(),
    };
    SchemaError::Invalid {
        place: format!("{place}{inner}"),
        reason,
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
            let look = look(Some(format), None).unwrap_or_default();
            format!("expected {look}, got {}", got())
        }
        ValidationErrorKind::UniqueItems => format!("expected no item twice, got {}", got()),
        ValidationErrorKind::MultipleOf { multiple_of } => {
            format!("expected a multiple of {multiple_of}, got {}", got())
        }
        _ => error.masked_with(got()).to_string(),
    }
}
