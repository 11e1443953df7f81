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
