//! What the client says it can do.

use std::{borrow::Cow, fmt, sync::LazyLock};

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Something that a client can do, if it declares it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// Showing a form to the person (`elicitation`).
    Elicitation,
    /// Sending the person to a URL (`elicitation.url`).
    ElicitationUrl,
    /// Asking a model (`sampling`).
    Sampling,
    /// Asking a model that may use tools (`sampling.tools`).
    SamplingTools,
    /// Naming the folders that the person works in (`roots`).
    Roots,
    /// An extension of the protocol, by its identifier (`extensions`).
    Extension(Cow<'static, str>),
}

impl Capability {
    /// The extension of this identifier.
    pub fn extension(identifier: impl Into<Cow<'static, str>>) -> Self {
        Self::Extension(identifier.into())
    }

    /// The capability as a client declares it.
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Elicitation => json!({ "elicitation": { "form": {} } }),
            Self::ElicitationUrl => json!({ "elicitation": { "url": {} } }),
            Self::Sampling => json!({ "sampling": {} }),
            Self::SamplingTools => json!({ "sampling": { "tools": {} } }),
            Self::Roots => json!({ "roots": {} }),
            Self::Extension(identifier) => json!({ "extensions": { &**identifier: {} } }),
        }
    }

    /// Several capabilities as a client declares them together.
    pub(crate) fn all_to_json(capabilities: &[Self]) -> Value {
        let mut all = Map::new();
        for capability in capabilities {
            let Value::Object(declared) = capability.to_json() else {
                continue;
            };
            for (name, members) in declared {
                let present = all.entry(name).or_insert_with(|| json!({}));
                if let (Value::Object(present), Value::Object(members)) = (present, members) {
                    present.extend(members);
                }
            }
        }
        Value::Object(all)
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elicitation => formatter.write_str("elicitation"),
            Self::ElicitationUrl => formatter.write_str("elicitation.url"),
            Self::Sampling => formatter.write_str("sampling"),
            Self::SamplingTools => formatter.write_str("sampling.tools"),
            Self::Roots => formatter.write_str("roots"),
            Self::Extension(identifier) => write!(formatter, "extensions.{identifier}"),
        }
    }
}

/// The capabilities that a client declared: with the request on 2026-07-28, with `initialize` before that.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Value")]
pub struct ClientCapabilities(Map<String, Value>);

impl From<Value> for ClientCapabilities {
    /// What is no object declares nothing.
    fn from(declared: Value) -> Self {
        match declared {
            Value::Object(declared) => Self(declared),
            _ => Self::default(),
        }
    }
}

impl ClientCapabilities {
    /// What the client of a request is known to do, of which nothing is known.
    pub(crate) fn none() -> &'static Self {
        static NONE: LazyLock<ClientCapabilities> = LazyLock::new(ClientCapabilities::default);
        &NONE
    }

    /// Whether the client declared this.
    pub fn has(&self, capability: &Capability) -> bool {
        match capability {
            // An empty object means forms alone (2025-11-25 client/elicitation, "Capabilities").
            Capability::Elicitation => self
                .object("elicitation")
                .is_some_and(|modes| has(modes, "form") || !modes.keys().any(|mode| mode == "url")),
            Capability::ElicitationUrl => self
                .object("elicitation")
                .is_some_and(|modes| has(modes, "url")),
            Capability::Sampling => self.object("sampling").is_some(),
            Capability::SamplingTools => self
                .object("sampling")
                .is_some_and(|sampling| has(sampling, "tools")),
            Capability::Roots => self.object("roots").is_some(),
            Capability::Extension(identifier) => self.extension(identifier).is_some(),
        }
    }

    /// The settings that the client declared for an extension, if it declared it.
    pub fn extension(&self, identifier: &str) -> Option<&Map<String, Value>> {
        self.object("extensions")?.get(identifier)?.as_object()
    }

    /// Everything that was declared, as it came.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.0.get(name)?.as_object()
    }
}

fn has(object: &Map<String, Value>, name: &str) -> bool {
    object.get(name).is_some_and(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capability_is_there_when_the_client_declared_it_as_an_object() {
        let rows = [
            ("{}", vec![]),
            (r#"{"elicitation":{}}"#, vec!["elicitation"]),
            (r#"{"elicitation":{"form":{}}}"#, vec!["elicitation"]),
            (r#"{"elicitation":{"url":{}}}"#, vec!["elicitation.url"]),
            (
                r#"{"elicitation":{"form":{},"url":{}}}"#,
                vec!["elicitation", "elicitation.url"],
            ),
            (r#"{"sampling":{}}"#, vec!["sampling"]),
            (
                r#"{"sampling":{"tools":{}}}"#,
                vec!["sampling", "sampling.tools"],
            ),
            (r#"{"roots":{"listChanged":true}}"#, vec!["roots"]),
            (
                r#"{"extensions":{"example.com/x":{}}}"#,
                vec!["extensions.example.com/x"],
            ),
            (
                r#"{"elicitation":true,"sampling":null,"roots":[],"extensions":{"example.com/x":1}}"#,
                vec![],
            ),
            ("[1]", vec![]),
        ];
        let all = [
            Capability::Elicitation,
            Capability::ElicitationUrl,
            Capability::Sampling,
            Capability::SamplingTools,
            Capability::Roots,
            Capability::extension("example.com/x"),
        ];
        for (declared, expected) in rows {
            let capabilities = serde_json::from_str::<ClientCapabilities>(declared).unwrap();
            let found: Vec<String> = all
                .iter()
                .filter(|capability| capabilities.has(capability))
                .map(ToString::to_string)
                .collect();
            assert_eq!(found, expected, "{declared}");
        }
    }

    #[test]
    fn several_capabilities_are_required_as_one_object() {
        let required = [
            Capability::Elicitation,
            Capability::ElicitationUrl,
            Capability::Roots,
        ];
        assert_eq!(
            Capability::all_to_json(&required),
            json!({ "elicitation": { "form": {}, "url": {} }, "roots": {} })
        );
    }
}
