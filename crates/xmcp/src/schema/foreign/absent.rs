//! What stands in for `jsonschema` where the feature `json-schema` is off: nothing is left to it. A schema that says
//! more than our own checks enforce is refused at start, so that nothing is promised and not kept.

use std::convert::Infallible;

use serde_json::{Map, Value};

use super::dialect::{self, Draft};
use super::error::SchemaError;
use super::node::Types;

/// Of older generations no keyword is looked at.
pub(super) const OLDEST: Draft = Draft::Draft202012;

/// No check: there is none without the feature.
#[derive(Debug)]
pub(super) struct Foreign {
    pub(super) applies: Types,
    never: Infallible,
}

impl Foreign {
    pub(super) fn alone(
        keywords: Map<String, Value>,
        _draft: Draft,
        place: &str,
    ) -> Result<Self, SchemaError> {
        let (keyword, value) = keywords
            .into_iter()
            .next()
            .expect("whoever asks for a check has a keyword");
        Err(SchemaError::NeedsFeature {
            place: format!("{place}/{keyword}"),
            keyword: format!("{keyword}: {value}"),
        })
    }

    pub(super) fn part(_parts: &Parts, _place: &str, reason: &str) -> Result<Self, SchemaError> {
        let keyword = reason.rsplit('/').next().unwrap_or(reason);
        Err(SchemaError::NeedsFeature {
            keyword: keyword.to_owned(),
            place: reason.to_owned(),
        })
    }

    pub(super) fn is_alone(&self) -> bool {
        match self.never {}
    }

    pub(super) fn accepts(&self, _value: &Value) -> bool {
        match self.never {}
    }

    pub(super) fn errors(&self, _value: &Value) -> Vec<(String, String)> {
        match self.never {}
    }
}

/// Nothing, either.
#[derive(Clone)]
pub(super) struct Parts;

impl Parts {
    pub(super) fn compile(schema: &Value, _draft: Draft) -> Result<Self, SchemaError> {
        match dialect::remote_reference(schema) {
            // Of no use with the feature, either.
            Some(uri) => Err(SchemaError::RemoteReference {
                uri: uri.to_owned(),
            }),
            None => Ok(Self),
        }
    }
}

/// The formats of `jsonschema` that are none of ours.
pub(super) fn knows_format(format: &str, _draft: Draft) -> bool {
    [
        "json-pointer",
        "regex",
        "relative-json-pointer",
        "uri-template",
    ]
    .contains(&format)
}
