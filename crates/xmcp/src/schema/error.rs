//! Why a schema is refused at start.

/// Why a tool's schema cannot be served, as what follows "the schema of `name`".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SchemaError {
    /// It is no valid JSON Schema, or has a pattern that cannot be matched in linear time.
    #[error("is invalid at `{place}`: {reason}")]
    Invalid {
        /// The JSON pointer of the subschema.
        place: String,
        /// What is wrong there.
        reason: String,
    },
    /// It says something that the framework does not enforce by itself.
    #[cfg(not(feature = "json-schema"))]
    #[error(
        "has `{keyword}` at `{place}`, which takes the feature `json-schema`: add it to those of `xmcp` in Cargo.toml, \
         as in `features = [\"json-schema\"]`, or say it in another way"
    )]
    NeedsFeature {
        /// The keyword, with its value where that matters.
        keyword: String,
        /// The JSON pointer of the keyword.
        place: String,
    },
    /// Nothing is ever fetched: neither by the server, nor should it be by a client.
    #[error(
        "refers to `{uri}`, which lies outside of it: put what it names under `$defs` and refer to that"
    )]
    RemoteReference {
        /// What it refers to.
        uri: String,
    },
}

/// For the subschema at this JSON pointer.
pub(super) fn invalid(place: &str, reason: impl Into<String>) -> SchemaError {
    SchemaError::Invalid {
        place: place.to_owned(),
        reason: reason.into(),
    }
}

/// For a pattern that takes more than linear time.
pub(super) fn not_linear(pattern: &serde_json::Value) -> String {
    format!(
        "{pattern} is no pattern that is matched in linear time: write it without look-ahead, look-behind and back-references"
    )
}
